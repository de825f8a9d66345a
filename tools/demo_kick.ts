/** Act 6 of the demonstration: somebody is put out, and the relay takes his side. @module */
import { PayloadKind } from "../client/payload.ts";
import type { DeliverFrame } from "../wire/mod.ts";
import { codes, Person, print, type Stage, tell } from "./demo_cast.ts";

/** How long a client that was put out is given to read what it is sent all the same, in milliseconds. */
const LISTEN_MS = 1_500;

/** Alice puts bob out; the relay hides that from him and goes on sending him everything. */
export async function kickBob({ relay, alice, bob, carol, checks }: Stage): Promise<void> {
  print("", "6. alice puts bob out; the relay takes his side");
  const way = relay.ways[1];
  const founder = relay.ways[0]?.peerId;
  if (way === undefined) throw new Error("bob has no connection");
  const before = codes(alice);
  const hidden: DeliverFrame[] = [];
  let hiding = false;
  // The first thing that alice says now is that bob is out; it never reaches him, nor does what others pass on of it.
  relay.meddler = {
    toClient: (frame, to) => {
      if (to !== way || frame.type !== "deliver") return [frame];
      const first = frame.payload[1] === PayloadKind.sealed && frame.from === founder && !hiding;
      if (!first && frame.payload[1] !== PayloadKind.statements) return [frame];
      hiding ||= first;
      hidden.push({ ...frame, payload: frame.payload.slice() });
      return [];
    },
  };
  const known = bob.read.length;
  const mark = way.delivered.length;
  await alice.session.run({ command: "kick", member: "bob" });
  await carol.until(() =>
    carol.all("member_left").some(({ nick, reason }) => nick === "bob" && reason === "kicked")
  );
  print("   The relay hides it from bob and sends him whatever is said next.");
  const lines = ["Now that bob is gone: the surprise is on Friday.", "He will never guess."];
  await alice.say(lines[0] ?? "");
  const read = await carol.reads(lines[0] ?? "");
  await carol.say(lines[1] ?? "");
  const readBack = await alice.reads(lines[1] ?? "");
  await bob.until(() => bob.read.length > known, LISTEN_MS);
  const sent = way.delivered.slice(mark).filter((frame) =>
    frame.type === "deliver" && frame.payload[1] === PayloadKind.sealed
  );
  print(`   bob's client, with all its keys, was sent ${sent.length} sealed frames.`);
  checks.claim("carol and alice read each other", read && readBack);
  checks.claim(
    "bob read nothing of it",
    sent.length >= 2 && bob.read.length === known && hiding,
  );
  relay.meddler = {};
  way.inject(...hidden);
  const { code, message } = await bob.session.ended;
  print("   The relay lets the news through; bob is told:");
  tell(message, 5);
  checks.claim("bob is out", code === "kicked");
  const after = codes(alice);
  const outcome = await rejoin(relay.url, before.invite);
  print("   bob tries the old link again; he is told:");
  tell(outcome.message, 5);
  checks.claim(
    "the doors were turned: the old link opens nothing",
    !outcome.joined && after.code !== before.code,
  );
}

async function rejoin(relay: string, invite: string): Promise<{ joined: boolean; message: string }> {
  try {
    await new Person("bob").join(relay, invite);
    return { joined: true, message: "come in" };
  } catch (error) {
    return { joined: false, message: error instanceof Error ? error.message : String(error) };
  }
}
