/**
 * The demonstration: a room with three members, and what a hostile relay, a guesser and somebody who was put out
 * can do about it. Everything is real: clients, relay, sockets. Every claim is checked; exit status 1 if one fails.
 *
 * @module
 */
import { openRelay } from "../relay/mod.ts";
import { attackGuess, attackReplay, attackSwap } from "./demo_attacks.ts";
import { Checks, codes, Person, print, type Stage, tell } from "./demo_cast.ts";
import { kickBob } from "./demo_kick.ts";
import { MeddlingRelay } from "./meddling_relay.ts";

async function gather({ relay, alice, bob, carol, checks }: Stage): Promise<void> {
  print("1. A relay, and three people who want a room");
  tell("The relay only passes on; so far it is honest. Later it will not be.");
  await alice.create(relay.url);
  const { invite, code } = codes(alice);
  print("   alice founds a room and can share either of these:");
  print(`     ${invite}`, `     ${code}`);
  await bob.join(relay.url, invite);
  print("   bob comes in by the link.");
  await carol.join(relay.url, code);
  print("   carol comes in by the code, said over the phone.");
  const three = (person: Person): Promise<boolean> =>
    person.until(() =>
      [alice, bob, carol].every((other) =>
        other === person ||
        person.all("member_confirmed").some(({ nick }) => nick === other.name) ||
        (person === alice && person.all("member_joined").some(({ nick }) => nick === other.name))
      )
    );
  checks.claim(
    "all three know each other",
    (await Promise.all([alice, bob, carol].map(three))).every(Boolean),
  );
}

const TALK: readonly [number, string][] = [
  [0, "Hello, you two. Can you read this?"],
  [1, "Loud and clear."],
  [2, "Me too. Who else can?"],
  [0, "Nobody. Not even the relay that carries it."],
];

async function talk({ relay, alice, bob, carol, checks }: Stage): Promise<void> {
  print("", "2. They talk");
  const people = [alice, bob, carol];
  for (const [who, text] of TALK) {
    await people[who]?.say(text);
    await Promise.all(people.filter((_, i) => i !== who).map((other) => other.reads(text)));
  }
  await alice.session.run({ command: "msg", to: "carol", text: "(just for you)" });
  print("   alice, to carol alone: (just for you)");
  const whispered = await carol.reads("(just for you)");
  const once = people.every((person, i) => {
    const theirs = TALK.filter(([who]) => who !== i).map(([, text]) => text);
    return theirs.every((text) => person.read.filter((read) => read === text).length === 1);
  });
  checks.claim("each line was read by the two others, once", once);
  checks.claim("only carol read what was for her", whispered && !bob.read.includes("(just for you)"));
  for (const person of people) await person.session.run({ command: "verify" });
  const words = people.map((person) => person.all("safety").at(-1)?.words ?? person.name);
  tell("Each screen shows twelve safety words, to be compared aloud:");
  tell(words[0] ?? "", 5);
  checks.claim("all three screens show the same words", new Set(words).size === 1);
  const seen = new TextDecoder("latin1").decode(await new Blob(relay.record as BlobPart[]).arrayBuffer());
  const secrets = [...TALK.map(([, text]) => text), "alice", "carol", "(just for you)", codes(alice).code];
  checks.claim(
    `the ${seen.length} bytes that the relay carried hold no name, code or text`,
    seen.length > 10_000 && secrets.every((secret) => secret.length > 4 && !seen.includes(secret)),
  );
}

async function leave({ alice, carol, checks }: Stage): Promise<void> {
  print("", "7. They leave");
  await carol.session.leave();
  const seen = await alice.until(() =>
    alice.all("member_left").some(({ nick, reason }) => nick === "carol" && reason === "left")
  );
  await alice.session.leave();
  const statuses = await Promise.all([alice.session.ended, carol.session.ended]);
  tell("carol leaves, then alice; keys are wiped, and the relay forgets the room.");
  checks.claim("both left in order", seen && statuses.every(({ status }) => status === 0));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs all acts; gives the exit status. */
async function main(): Promise<number> {
  const began = performance.now();
  const checks = new Checks();
  const honest = await openRelay({ port: 0 });
  const relay = new MeddlingRelay(honest.url);
  const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => new Person(name)) as [
    Person,
    Person,
    Person,
  ];
  const stage: Stage = { relay, alice, bob, carol, checks };
  print("Sotto: end-to-end encrypted rooms. A demonstration, all of it checked.", "");
  try {
    for (const act of [gather, talk, attackGuess, attackReplay, attackSwap, kickBob, leave]) await act(stage);
    for (let i = 0; i < 1_500 && honest.relay.stats().rooms > 0; i++) await pause(20);
    checks.claim("the relay holds no room any more", honest.relay.stats().rooms === 0);
  } catch (error) {
    checks.claim(error instanceof Error ? error.message : String(error), false);
  } finally {
    await relay.close();
    await honest.close();
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const all = checks.held + checks.failed;
  print(
    "",
    checks.failed === 0
      ? `All ${all} checks held, in ${seconds} s.`
      : `${checks.failed} of ${all} checks FAILED, in ${seconds} s.`,
  );
  return checks.failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
