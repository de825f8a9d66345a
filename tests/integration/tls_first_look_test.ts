/** A relay that signs its own certificate, met for the first time, and somebody in between. */
import assert from "node:assert/strict";
import type { RoomSession } from "../../client/commands.ts";
import type { SessionEvent } from "../../client/events.ts";
import { formatInvite, parseInvite } from "../../crypto/invite.ts";
import { newKeys, selfSigned } from "../../relay/self_signed.ts";
import { Entrances } from "../../terminal/entrances.ts";
import { RelayAccess, type RelaySettings } from "../../terminal/relay_access.ts";
import { RelayDesk } from "../../terminal/relay_desk.ts";
import { CloseCode } from "../../wire/error_codes.ts";
import { keyPinOf, sourceOf, withTlsRelay } from "../tls_helpers.ts";

const keys = await newKeys();
const [here, renewed, attacker] = await Promise.all([
  selfSigned({ keys }),
  selfSigned({ keys, now: Date.now() + 60_000 }),
  selfSigned(),
]);
/** This computer, by a name of which that cannot be seen. */
const ELSEWHERE = "[::ffff:127.0.0.1]";

let users = 0;

/** A user: at a terminal when there are answers, else a program. */
function user(relay: string | undefined, { answers, ...more }: { answers?: string[] } & RelaySettings = {}) {
  const asked: string[] = [];
  const events: SessionEvent[] = [];
  const asker = answers === undefined ? null : {
    say: (text: string) => void asked.push(text),
    ask: (question: string) => (asked.push(question), Promise.resolve(answers.shift() ?? null)),
  };
  const access = new RelayAccess({ relay, asker, ...more });
  const ways = new Entrances({ access, nick: `nick${++users}` });
  const heard = <Type extends SessionEvent["type"]>(type: Type) =>
    events.filter((event): event is Extract<SessionEvent, { type: Type }> => event.type === type);
  let onEvent = (_: SessionEvent): void => {};
  const next = (which: (event: SessionEvent) => boolean): Promise<SessionEvent> =>
    new Promise((resolve) => onEvent = (event) => which(event) && resolve(event));
  const hooks = {
    onEvent: (event: SessionEvent) => {
      events.push(event);
      onEvent(event);
    },
    signal: new AbortController().signal,
  };
  return { asked, access, ways, heard, hooks, next };
}

type User = ReturnType<typeof user>;

const create = ({ ways, hooks }: User): Promise<RoomSession> => ways.create()(hooks);
const join = ({ ways, hooks }: User, code: string): Promise<RoomSession> => ways.join({ code })(hooks);
const inviteOf = ({ heard }: User): string => heard("invite").at(-1)?.invite ?? "";
const notices = ({ heard }: User): string[] => heard("notice").map(({ code }) => code);

async function leave(...sessions: RoomSession[]): Promise<void> {
  for (const session of sessions) {
    await session.leave();
    await session.ended;
  }
}

Deno.test("on this computer a certificate that signs itself is taken and told, and the invites carry it", () =>
  withTlsRelay(sourceOf(here), async ({ port }) => {
    for (const relay of [`127.0.0.1:${port}`, `wss://localhost:${port}`]) {
      const alice = user(relay);
      const room = await create(alice);
      assert.deepEqual(notices(alice), ["certificate_seen"]);
      assert.deepEqual(parseInvite(inviteOf(alice)).certHash, keyPinOf(here));
      const bob = user(undefined, { answers: [] });
      const joined = await join(bob, inviteOf(alice));
      assert.deepEqual(
        [bob.asked, notices(bob)],
        [[], []],
        "whoever comes by an invite is asked and told nothing",
      );
      await new RelayDesk(alice.access).list(() => {}); // by the same certificate, and not told again
      await leave(joined, room);
    }
  }));

Deno.test("anywhere else a person is asked once for a certificate that signs itself, and a program is refused", () =>
  withTlsRelay(sourceOf(here), async ({ port }) => {
    const shown = keyPinOf(here).toHex().toUpperCase().match(/../g)?.join(":") ?? "";
    const alice = user(`${ELSEWHERE}:${port}`, { answers: ["yes"] });
    const room = await create(alice);
    assert.equal(alice.asked.length, 2);
    assert.ok(alice.asked[0]?.includes(shown), alice.asked[0]);
    assert.deepEqual(parseInvite(inviteOf(alice)).certHash, keyPinOf(here));
    const bob = user(undefined, { answers: [] });
    await leave(await join(bob, inviteOf(alice)), room);
    assert.deepEqual(bob.asked, []);
    await leave(await create(alice));
    assert.equal(alice.asked.length, 2, "the answer lasts for the run");

    const unsure = user(`${ELSEWHERE}:${port}`, { answers: [""] });
    await assert.rejects(create(unsure), { code: "bad_certificate", status: 3, message: /nothing was sent/ });
    const program = user(`${ELSEWHERE}:${port}`);
    await assert.rejects(create(program), {
      code: "bad_certificate",
      status: 3,
      message: new RegExp(`if the relay has printed the same at its start, with --pin ${shown}$`),
    });
  }));

Deno.test("a relay in between with its own certificate fools nobody who has an invite, and nobody is asked", () =>
  withTlsRelay(sourceOf(attacker), async ({ port }) => {
    for (const host of ["127.0.0.1", "localhost", ELSEWHERE]) {
      const relay = `wss://${new URL(`http://${host}`).hostname}:${port}/ws`;
      const [roomId, secret] = [new Uint8Array(16), new Uint8Array(16)];
      const certHash = new Uint8Array(keyPinOf(here));
      const invite = formatInvite({ relay, roomId, secret, certHash });
      const refused = { code: "other_certificate", status: 3, message: /than the invite says/ };
      const bob = user(undefined, { answers: ["yes", "yes"] });
      await assert.rejects(join(bob, invite), refused);
      assert.deepEqual([bob.asked, notices(bob)], [[], []]);

      // Also when the same run has taken the other certificate at the same address before.
      const tricked = user(relay, { answers: ["yes", "yes"] });
      const room = await create(tricked);
      const { length } = tricked.asked;
      await assert.rejects(join(tricked, invite), refused);
      assert.equal(tricked.asked.length, length);
      await leave(room);
    }
  }));

Deno.test("a certificate that was taken once is the only one from then on: another is refused when one comes back", () => {
  const source = sourceOf(here);
  return withTlsRelay(source, async ({ port, relay }) => {
    const alice = user(`127.0.0.1:${port}`, { answers: ["yes"] });
    const room = await create(alice);
    const refused = alice.next((event) =>
      event.type === "connection" && event.state === "reconnecting" && event.attempt > 1
    );
    source.onChange?.(attacker);
    relay.control.cut(() => true, CloseCode.relayClosing);
    const event = await refused;
    assert.match("reason" in event ? event.reason : "", /another certificate than it showed before/);
    room.abort();
    await room.ended;
    const again = { code: "other_certificate", message: /than it showed before.*started anew/ };
    await assert.rejects(create(alice), again);
    assert.deepEqual(alice.asked, []);
  });
});

Deno.test("a certificate that was made anew with the same key is taken on, by pins and invites of before as well", () => {
  const source = sourceOf(here);
  return withTlsRelay(source, async ({ port }) => {
    const alice = user(`127.0.0.1:${port}`);
    const room = await create(alice);
    source.onChange?.(renewed);
    const bob = user(undefined);
    const joined = await join(bob, inviteOf(alice));
    await leave(joined, room, await create(alice));
    assert.deepEqual(notices(alice), ["certificate_seen"]);
  });
});

Deno.test("who has named a certificate or an issuer is not asked for another, not even on this computer", () =>
  withTlsRelay(sourceOf(here), async ({ port }) => {
    for (const host of ["127.0.0.1", ELSEWHERE]) {
      const ca = user(`${host}:${port}`, { answers: ["yes"], ca: attacker.cert });
      await assert.rejects(create(ca), { code: "bad_certificate" });
      const pinned = user(`${host}:${port}`, { answers: ["yes"], pin: keyPinOf(attacker) });
      await assert.rejects(create(pinned), { code: "other_certificate", message: /than --pin says/ });
      assert.deepEqual([ca.asked, pinned.asked, notices(ca), notices(pinned)], [[], [], [], []]);
    }
  }));

Deno.test("a certificate that signs itself and has ended is taken by nobody, on this computer neither", async () => {
  const expired = await selfSigned({ now: Date.now() - 100 * 86_400_000, days: 90 });
  await withTlsRelay(sourceOf(expired), async ({ port }) => {
    const alice = user(`127.0.0.1:${port}`, { answers: ["yes"] });
    await assert.rejects(create(alice), { code: "bad_certificate", message: /has expired/ });
    assert.deepEqual(alice.asked, []);
  });
});
