import assert from "node:assert/strict";
import { FakeClock, turns } from "../tests/helpers.ts";
import { asks, LoginRelay, verifierOf } from "../tests/login_relay.ts";
import { CloseCode, ErrorCode } from "../wire/mod.ts";
import { type LinkEvents, RelayLink } from "./link.ts";
import { LoginBook } from "./login.ts";

/** A book that says for which salts it was asked, and when it is done: hashing takes no time of the test's clock. */
class WatchedBook extends LoginBook {
  readonly asked: string[] = [];
  atRest: Promise<unknown> = Promise.resolve();
  override keys(...given: Parameters<LoginBook["keys"]>): ReturnType<LoginBook["keys"]> {
    this.asked.push(given[1].salt.join("."));
    const keys = super.keys(...given);
    this.atRest = keys;
    return keys;
  }
}

/** A link into a room at a relay that wants a login. */
class Stage {
  readonly clock = new FakeClock();
  readonly relay = new LoginRelay();
  readonly book = new WatchedBook({ password: "open sesame" });
  readonly told: string[] = [];
  link!: RelayLink;
  /** Wakes whoever waits for more to be told. */
  #wake: () => void = () => {};

  readonly events: LinkEvents = {
    deliver: () => {},
    peerIn: () => {},
    peerOut: () => {},
    acked: () => {},
    admitted: () => {},
    paused: () => {},
    told: (code, sentence) => this.tell(`told ${code} ${sentence}`),
    closed: ({ code, status, message }) => this.tell(`closed ${code} ${status}: ${message}`),
  };

  tell(what: string): void {
    this.told.push(what);
    this.#wake();
  }

  async enter(): Promise<this> {
    this.relay.password = await verifierOf("open sesame");
    const { connect } = this.relay;
    this.link = await RelayLink.open("wss://relay.test/ws", { connect, clock: this.clock, login: this.book });
    await this.link.join(new Uint8Array(16), "any");
    this.link.keep({
      doorId: new Uint8Array(16),
      giveUpMs: Infinity,
      steadyMs: 10_000,
      claim: () => Promise.resolve(new Uint8Array(3)),
      told: () => {},
      waiting: ({ retryMs, reason }) =>
        this.tell(`waiting ${retryMs >= 5_000 ? "long" : "short"}: ${reason}`),
      back: () => this.tell("back"),
    });
    this.link.listen(this.events);
    return this;
  }

  cut(): void {
    this.relay.sockets.at(-1)?.break();
  }

  /** Lets time go by until something is told that begins so. */
  async until(start: string, stepMs = 100): Promise<string> {
    for (;;) {
      const index = this.told.findIndex((what) => what.startsWith(start));
      if (index >= 0) return this.told.splice(0, index + 1).at(-1) as string;
      const more = new Promise<void>((resolve) => this.#wake = resolve);
      this.clock.advance(stepMs);
      await Promise.race([more, turns(2)]);
      await this.book.atRest;
    }
  }
}

Deno.test("a link that comes back logs in again, and derives no key twice", async () => {
  const stage = await new Stage().enter();
  for (let i = 0; i < 3; i++) {
    stage.cut();
    await stage.until("back");
  }
  assert.equal(stage.relay.sockets.length, 4);
  assert.equal(stage.relay.steps.length, 8);
  assert.equal(new Set(stage.book.asked).size, 1, "one salt, so one derivation");
  stage.link.close();
});

Deno.test("a return whose login is refused ends the session and is not tried again", async () => {
  const stage = await new Stage().enter();
  stage.relay.password = await verifierOf("another one");
  stage.cut();
  assert.match(await stage.until("closed"), /^closed auth_failed 1: Cannot log in/);
  assert.equal(stage.relay.sockets.length, 2);
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("a return to a relay that asks for more than there is ends the session", async () => {
  const stage = await new Stage().enter();
  stage.relay.challenge = asks("required", "account", "accountOnly");
  stage.cut();
  assert.match(await stage.until("closed"), /^closed account_required 1/);
  assert.equal(stage.relay.sockets.length, 2);
});

Deno.test("a return whose login comes too soon waits as long as the relay says", async () => {
  const stage = await new Stage().enter();
  stage.relay.refusing = { code: ErrorCode.rateLimited, retryAfterMs: 20_000 };
  stage.cut();
  assert.match(await stage.until("waiting long"), /Too much at once/);
  assert.equal(stage.relay.sockets.length, 2);
  stage.relay.refusing = undefined;
  stage.clock.advance(19_000);
  await turns();
  assert.equal(stage.relay.sockets.length, 2, "not before its time");
  await stage.until("back", 1_000);
  stage.link.close();
});

for (
  const [code, name] of [
    [CloseCode.banned, "banned"],
    [CloseCode.loggedOut, "logged_out"],
    [CloseCode.cut, "cut"],
    [CloseCode.roomClosed, "room_closed"],
  ] as const
) {
  Deno.test(`a relay that says ${name} ends the session with its sentence, for good`, async () => {
    const stage = await new Stage().enter();
    stage.relay.say({ type: "bye", code, sentence: "Because." });
    const ended = await stage.until("closed");
    assert.equal(ended, `closed ${name} 1: The relay ended the connection: Because.`);
    assert.equal(stage.relay.sockets.length, 1);
    assert.equal(stage.clock.waiting, 0);
  });

  Deno.test(`a connection closed with the code of ${name} is over for good, too`, async () => {
    const stage = await new Stage().enter();
    stage.relay.sockets.at(-1)?.break("", code);
    assert.match(
      await stage.until("closed"),
      new RegExp(`^closed ${name} 1: The relay ended the connection: The `),
    );
    assert.equal(stage.relay.sockets.length, 1);
  });

  Deno.test(`a return that is answered with ${name} is the last one`, async () => {
    const stage = await new Stage().enter();
    stage.relay.lie = (frame) => frame.type === "welcome" ? { type: "bye", code, sentence: "No." } : frame;
    stage.cut();
    assert.equal(await stage.until("closed"), `closed ${name} 1: The relay ended the connection: No.`);
    assert.equal(stage.relay.sockets.length, 2);
  });
}

Deno.test("a link passes on what the relay says to everybody", async () => {
  const stage = await new Stage().enter();
  stage.relay.say({ type: "tell", code: ErrorCode.draining, sentence: "Back at ten." });
  assert.equal(await stage.until("told"), "told 1113 Back at ten.");
  stage.link.close();
});

Deno.test("a link beside another one logs in by the same book", async () => {
  const stage = await new Stage().enter();
  const other = await stage.link.beside();
  assert.equal(stage.relay.steps.length, 4);
  other.close();
  stage.link.close();
});
