/**
 * Makes the picture of the full screen for the README, from a real session: `deno run -A tools/screenshot.ts [FILE]`.
 *
 * A relay, two members in this process, and `client.ts` in a terminal by `script`; what it writes is given to a terminal
 * emulator, whose cells become SVG.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import headless from "@xterm/headless";
import { createRoom, joinRoom } from "../client/mod.ts";
import { openRelay } from "../relay/open_relay.ts";
import { type Cell, svgOf } from "./screenshot_svg.ts";

const COLUMNS = 80;
const ROWS = 20;
const PATIENCE_MS = 20_000;
const OUT = new URL("../docs/screen.svg", import.meta.url);

async function main(path: string | URL): Promise<void> {
  const relay = await openRelay({ port: 0 });
  const url = `ws://127.0.0.1:${relay.port}/ws`;
  let code = "";
  const alice = await createRoom({
    relay: url,
    nick: "alice",
    onEvent: (event) => {
      if (event.type === "invite") code = event.invite;
    },
  });
  const bob = await joinRoom({ relay: url, nick: "bob", code });
  const screen = new Pane(["join", code, "--nick", "carol", "--relay", url]);
  try {
    await screen.shows(/bob is confirmed/);
    const talk: [who: typeof alice, text: string][] = [
      [alice, "the tickets are here 🎉 **Friday, 19:30**, platform `4b`"],
      [bob, "great! @carol do you still have room for three?"],
    ];
    for (const [who, text] of talk) {
      await who.run({ command: "send", text });
      await screen.shows(new RegExp(text.slice(0, 12).replace("!", ".")));
    }
    screen.type("\x1ba");
    await screen.shows(/Answering bob/);
    screen.type("sure, and for the dog: see you at the station\r");
    await screen.shows(/station ✓✓/);
    await alice.run({
      command: "send",
      text: "> for the dog\n漢字, español, العربية: all of it may be said here",
    });
    await screen.shows(/all of it/);
    await bob.run({ command: "typing", on: true });
    await screen.shows(/bob is typing/);
    screen.type("bring a blanket for it");
    await screen.shows(/› bring a blanket for it/);
    await Deno.writeTextFile(path, svgOf(await screen.cells()));
  } finally {
    await screen.close();
    await Promise.all([alice.leave(), bob.leave()]);
    await relay.close();
  }
}

/** The client in a terminal. */
class Pane {
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #terminal = new headless.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });

  constructor(args: readonly string[]) {
    const client = ["deno", "run", "-A", "client.ts", ...args].map((arg) => `'${arg}'`).join(" ");
    this.#child = new Deno.Command("script", {
      args: ["-qfec", `stty cols ${COLUMNS} rows ${ROWS}; exec env -u CI ${client}`, "/dev/null"],
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { TERM: "xterm-256color", LANG: "C.UTF-8", COLORTERM: "truecolor", SHELL: "/bin/sh" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#keys = this.#child.stdin.getWriter();
    void this.#read();
  }

  type(text: string): void {
    void this.#keys.write(new TextEncoder().encode(text));
  }

  async shows(pattern: RegExp): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!pattern.test(this.#text())) {
      if (Date.now() > deadline) throw new Error(`Cannot see ${pattern} on:\n${this.#text()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What is on the screen, cell by cell, once it has come to rest. */
  async cells(): Promise<Cell[][]> {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { active } = this.#terminal.buffer;
    return Array.from({ length: ROWS }, (_, row) =>
      Array.from({ length: COLUMNS }, (_, column): Cell => {
        const cell = active.getLine(row)?.getCell(column);
        const colour = (rgb: boolean | undefined, value = 0): string | null =>
          rgb ? `#${value.toString(16).padStart(6, "0")}` : null;
        return {
          text: cell?.getChars() ?? "",
          width: cell?.getWidth() ?? 1,
          fore: colour(cell?.isFgRGB(), cell?.getFgColor()),
          back: colour(cell?.isBgRGB(), cell?.getBgColor()),
          bold: (cell?.isBold() ?? 0) !== 0,
          italic: (cell?.isItalic() ?? 0) !== 0,
          inverse: (cell?.isInverse() ?? 0) !== 0,
        };
      }));
  }

  async close(): Promise<void> {
    this.type("\x03");
    await this.#child.status;
    await this.#keys.close().catch(() => {});
    this.#terminal.dispose();
  }

  #text(): string {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: ROWS }, (_, row) => active.getLine(row)?.translateToString(true) ?? "").join(
      "\n",
    );
  }

  async #read(): Promise<void> {
    for await (const bytes of this.#child.stdout) this.#terminal.write(bytes);
  }
}

if (import.meta.main) {
  await main(Deno.args[0] ?? OUT);
  Deno.exit(0);
}
