/** A program that takes over the terminal, shows a secret, and ends as its argument says. @module */
import { onShutdown } from "../../terminal/shutdown.ts";
import { readCapabilities } from "../../terminal/screen/capabilities.ts";
import { FullTerminal } from "../../terminal/screen/full_terminal.ts";
import { Screen } from "../../terminal/screen/screen.ts";
import { usualTheme } from "../../terminal/screen/theme.ts";

const capabilities = readCapabilities(() => undefined);
const terminal = new FullTerminal();
const screen = new Screen(terminal, capabilities, usualTheme(capabilities.colours, capabilities.dark));
const finish = (status: number): void => {
  terminal.leave();
  Deno.exit(status);
};
onShutdown({ interrupt: () => finish(0), hangup: () => finish(129), crash: () => finish(70) });

let typed = "";
function paint(): void {
  const { columns, rows } = terminal.size();
  const line = (text: string) => [{ column: 0, width: columns, spans: [{ text }] }];
  screen.paint({
    rows: Array.from(
      { length: rows },
      (_, i) => line(i === 0 ? `size ${columns}x${rows} pid ${Deno.pid} typed ${typed}` : `secret ${i}`),
    ),
    cursor: { row: 0, column: 0 },
  });
}
terminal.onResize = () => {
  screen.invalidate();
  paint();
};
terminal.enter();
paint();
for await (const bytes of terminal.keys) {
  const key = new TextDecoder().decode(bytes);
  if (key === "\x1a") await terminal.suspend();
  else if (key === "q") break;
  else if (key === "x") Deno.exit(3);
  else if (key === "t") {
    setTimeout(() => {
      throw new Error("thrown");
    }, 0);
  } else if (key === "r") void Promise.reject(new Error("rejected"));
  else if (key === "p") {
    // Ends while a frame is still on its way out.
    for (let i = 0; i < 50; i++) terminal.write("secret ".repeat(2000));
    Deno.exit(4);
  } else if (key === "m") {
    // Ends in the moment in which a frame is handed over.
    terminal.write(`\x1b[5;1H${"secret ".repeat(9)}`);
    terminal.leave();
    Deno.exit(5);
  } else typed += key;
  paint();
}
terminal.leave();
Deno.exit(0);
