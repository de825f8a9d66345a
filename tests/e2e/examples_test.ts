import assert from "node:assert/strict";
import { createRoom, joinRoom, openRelay, type SessionEvent } from "../../mod.ts";
import { ROOT } from "./_client_process.ts";

const DEADLINE_MS = 60_000;

/** Waits for events that fit, among all that came. */
function listener(): {
  onEvent: (event: SessionEvent) => void;
  until: <Type extends SessionEvent["type"]>(
    type: Type,
    fits?: (event: Extract<SessionEvent, { type: Type }>) => boolean,
  ) => Promise<Extract<SessionEvent, { type: Type }>>;
} {
  const events: SessionEvent[] = [];
  let wake = (): void => {};
  return {
    onEvent: (event) => {
      events.push(event);
      wake();
    },
    until: async (type, fits = () => true) => {
      while (true) {
        const found = events.find((event) => event.type === type && fits(event as never));
        if (found !== undefined) return found as never;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
  };
}

/** An example as a program of its own, with the network and nothing else. */
class Example implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(name: string, ...args: string[]) {
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-net", `examples/${name}.ts`, ...args],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = lines(this.child.stdout);
    this.#timer = setTimeout(() => this.child.kill("SIGKILL"), DEADLINE_MS);
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    assert.ok(done !== true, "it has ended");
    return value;
  }

  async status(): Promise<number> {
    return (await this.child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.child.kill("SIGKILL");
    } catch { /* it has ended */ }
    if (!this.child.stdin.locked) await this.child.stdin.close().catch(() => {});
    await this.child.status;
    while ((await this.#lines.next()).done !== true); // what is left of its output
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

Deno.test("examples/echo_bot.ts founds a room, answers a member, and leaves at Ctrl-C", async () => {
  const relay = await openRelay({ port: 0 });
  await using bot = new Example("echo_bot", relay.url);
  const { onEvent, until } = listener();
  const bob = await joinRoom({ relay: relay.url, nick: "bob", code: await bot.line(), onEvent });
  await bob.run({ command: "send", text: "hello" });
  const { text, from } = await until("message");
  assert.deepEqual([from.nick, text], ["echo", "bob says: hello"]);
  bot.child.kill("SIGINT");
  await until("member_left", ({ nick }) => nick === "echo");
  assert.equal(await bot.status(), 0);
  await bob.leave();
  await relay.close();
});

Deno.test("examples/stdin_bridge.ts sends its input into a room, prints what is said there, and ends with it", async () => {
  const relay = await openRelay({ port: 0 });
  const { onEvent, until } = listener();
  const ada = await joinRoom({ relay: relay.url, nick: "ada", code: "den", password: "hunter2", onEvent });
  await using pipe = new Example("stdin_bridge", relay.url, "den", "hunter2");
  const writer = pipe.child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("first\n\nsec"));
  assert.equal((await until("message")).text, "first");
  await ada.run({ command: "send", text: "\x1b[31mheard" });
  assert.equal(await pipe.line(), "ada:  [31mheard");
  await writer.write(new TextEncoder().encode("ond"));
  await writer.close();
  await until("message", ({ text }) => text === "second");
  await until("member_left", ({ nick }) => nick === "bridge");
  assert.equal(await pipe.status(), 0);
  await ada.leave();
  await relay.close();
});

Deno.test("examples/relay_inside.ts serves rooms and pages on one port", async () => {
  await using site = new Example("relay_inside", "0");
  const url = await site.line();
  const page = async (): Promise<string> => await (await fetch(url)).text();
  assert.equal(await page(), "Rooms here: 0\n");
  const relay = url.replace("http:", "ws:") + "ws";
  const { onEvent, until } = listener();
  const ada = await createRoom({ relay, nick: "ada", onEvent });
  const { invite } = await until("invite");
  const bob = await joinRoom({ relay, nick: "bob", code: invite });
  await bob.run({ command: "send", text: "hello" });
  assert.equal((await until("message")).text, "hello");
  assert.equal(await page(), "Rooms here: 1\n");
  assert.equal((await (await fetch(`${url}health`)).json()).status, "healthy");
  await bob.leave();
  await ada.leave();
  site.child.kill("SIGINT");
  assert.equal(await site.status(), 0);
});
