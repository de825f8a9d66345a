import assert from "node:assert/strict";
import { FakeClock, TestRelay } from "../../tests/relay_helpers.ts";
import { AdminDesk, type Status } from "../admin_desk.ts";
import { AdminError } from "../admin_requests.ts";
import type { Screen } from "./screen.ts";
import { top } from "./top.ts";

/** A terminal of 60 columns that remembers what was drawn. */
class FakeScreen implements Screen {
  readonly drawn: string[] = [];
  readonly #keys = Promise.withResolvers<string | undefined>();
  #drew = Promise.withResolvers<void>();
  closed = 0;
  rows = 40;

  write(text: string): void {
    this.drawn.push(text);
    this.#drew.resolve();
    this.#drew = Promise.withResolvers();
  }

  size(): { columns: number; rows: number } {
    return { columns: 60, rows: this.rows };
  }

  get drew(): Promise<void> {
    return this.#drew.promise;
  }

  press(key: string): void {
    this.#keys.resolve(key);
  }

  keys: AsyncIterable<string> = (async function* (this: FakeScreen) {
    const key = await this.#keys.promise;
    if (key !== undefined) yield key;
  }).call(this);

  close(): void {
    this.closed++;
    this.#keys.resolve(undefined);
  }
}

function stage() {
  const test = new TestRelay();
  const desk = new AdminDesk({ relay: test.relay, version: "1.2.3", clock: test.clock });
  const printed: string[] = [];
  const io = { print: (text: string) => void printed.push(text), complain: assert.fail };
  const look = () => desk.do({ command: "status" }) as Promise<Status>;
  return { test, desk, printed, io, look, screen: new FakeScreen(), clock: new FakeClock() };
}

for (const key of ["q", "\x03"]) {
  Deno.test(`top draws the figures each second until ${JSON.stringify(key)}, and gives the terminal back`, async () => {
    const { test, desk, io, look, screen, clock } = stage();
    const [alice] = test.trio();
    const drew = screen.drew;
    const showing = top({ look, screen, io, clock });
    await drew;
    for (let i = 1; i <= 4; i++) alice.say(i, "hello");
    test.clock.turn();
    await Promise.resolve();
    const again = screen.drew;
    clock.advance(1_000);
    await again;
    screen.press(key);
    await showing;
    desk.close();
    assert.equal(screen.drawn.length, 2);
    const last = screen.drawn[1] ?? "";
    assert.match(last, /Sotto relay 1\.2\.3/);
    assert.match(last, /messages {5}4\/s taken, 8\/s delivered/);
    assert.ok(
      last.split("\r\n").every((line) =>
        ["[H", "[K", "[J"].reduce((rest, code) => rest.replace(`\x1b${code}`, ""), line).length <= 60
      ),
    );
    assert.equal(screen.closed, 1);
    assert.equal(clock.waiting, 0);
  });
}

Deno.test("top gives the terminal back when the relay ends, and says so", async () => {
  const { desk, io, look, screen, clock } = stage();
  let ended = false;
  const drew = screen.drew;
  const showing = top({
    look: () => ended ? Promise.reject(new AdminError("not_listening", "nobody")) : look(),
    screen,
    io,
    clock,
  });
  await drew;
  await Promise.resolve();
  ended = true;
  clock.advance(1_000);
  await assert.rejects(showing, /The relay has ended/);
  desk.close();
  assert.equal(screen.closed, 1);
});

Deno.test("top prints the figures once where there is no terminal", async () => {
  const { desk, io, look, printed } = stage();
  await top({ look, screen: undefined, io });
  desk.close();
  assert.equal(printed.length, 1);
  assert.ok(!printed[0]?.includes("\x1b"));
});

Deno.test("top draws no more lines than the terminal has", async () => {
  const { desk, io, look, screen, clock } = stage();
  screen.rows = 5;
  const drew = screen.drew;
  const showing = top({ look, screen, io, clock });
  await drew;
  screen.press("q");
  await showing;
  desk.close();
  assert.equal(screen.drawn[0]?.split("\r\n").length, 5);
});
