/**
 * Sends each line of standard input into a room, and prints what is said there: for logs, alarms and pipes.
 *
 *     tail -f app.log | deno run --allow-net examples/stdin_bridge.ts ws://127.0.0.1:4443/ws lobby hunter2
 *
 * A project of its own imports from "@sotto/sotto" instead of "../mod.ts".
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what a program does
import { joinRoom, type SessionEvent } from "../mod.ts";

/** Which room the lines go into. */
interface Where {
  relay: string;
  code: string;
  password?: string | undefined;
}

/** Sends lines until there are no more, then leaves; `hear` gets what others say. Returns the exit status. */
export async function bridge(
  lines: AsyncIterable<string>,
  { relay, code, password }: Where,
  hear: (line: string) => void,
): Promise<number> {
  const onEvent = (event: SessionEvent): void => {
    // What others send may hold anything: a terminal must not obey it.
    if (event.type === "message") hear(`${event.from.nick}: ${event.text.replace(/\p{C}/gu, " ")}`);
  };
  const session = await joinRoom({
    relay,
    code,
    nick: "bridge",
    onEvent,
    ...(password === undefined ? {} : { password }),
  });
  const sendAll = async (): Promise<void> => {
    for await (const line of lines) {
      if (line.trim() !== "") await session.run({ command: "send", text: line });
    }
    await session.leave(); // waits until what was said has arrived
  };
  sendAll().catch((error) => {
    console.error(error.message);
    session.abort();
  });
  const { status } = await session.ended;
  return status;
}

/** Standard input, line by line. */
async function* inputLines(): AsyncIterable<string> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

if (import.meta.main) {
  const [relay = "", code = "", password] = Deno.args;
  Deno.exit(await bridge(inputLines(), { relay, code, password }, (line) => console.log(line)));
}
