/** Acts 3 to 5 of the demonstration: a guess, a replay and a key that is swapped on the way. @module */
import { ClientError } from "../client/mod.ts";
import { concat } from "../crypto/bytes.ts";
import { newSpokenCode } from "../crypto/codes.ts";
import { spokenDoor } from "../crypto/doors.ts";
import { Identity } from "../crypto/identity.ts";
import { decodeAnswer, decodeKnock, encodeAnswer, encodeKnock, JoinKind } from "../crypto/join_payloads.ts";
import { JoinerExchange } from "../crypto/join_handshake.ts";
import type { DeliverFrame, SendTableFrame } from "../wire/mod.ts";
import { codes, Person, print, type Stage, tell } from "./demo_cast.ts";

const SEALED = 1;

/** Tries to join and gives what the person is told. */
async function refused(person: Person, relay: string, code: string): Promise<string> {
  try {
    await person.join(relay, code);
    return "come in";
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    print(`   ${person.name} is told:`);
    tell(error.message, 5);
    return error.code;
  }
}

type Counts = Map<Person, number>;

function knocks({ alice, bob, carol }: Stage): Counts {
  return new Map([alice, bob, carol].map((person) => [person, person.all("knock_failed").length]));
}

/** Waits until members have been told of so many more failed knocks than `before`. */
async function toldOfKnock(before: Counts, times: number): Promise<boolean> {
  const people = [...before.keys()];
  const more = (person: Person): number => person.all("knock_failed").length - (before.get(person) ?? 0);
  const enough = (): boolean => people.reduce((sum, person) => sum + more(person), 0) >= times;
  await Promise.race(people.map((person) => person.until(enough)));
  const who = people.find((person) => more(person) > 0);
  const last = who?.all("knock_failed").at(-1);
  if (who === undefined || last === undefined || !enough()) return false;
  print(`   ${who.name}, who was asked to open, is told:`);
  tell(`a knock at the ${last.door} door failed (wrong code, or somebody in between)`, 5);
  return true;
}

/** Somebody has overheard half of the spoken code and guesses the rest. */
export async function attackGuess(stage: Stage): Promise<void> {
  print("", "3. Somebody guesses the code");
  const { code } = codes(stage.alice);
  const guess = `${code.split("-")[0]}-${newSpokenCode().words.join("-")}`;
  print(`   mallory tries ${guess}`);
  const before = knocks(stage);
  const outcome = await refused(new Person("mallory"), stage.relay.url, guess);
  const told = await toldOfKnock(before, 1);
  stage.checks.claim("a wrong code opens nothing", outcome === "wrong_code");
  stage.checks.claim("the room was told of the attempt", told);
}

/** The relay plays a recorded frame again. */
export async function attackReplay({ relay, alice, bob, carol, checks }: Stage): Promise<void> {
  print("", "4. The relay turns hostile: it plays an old message again");
  const way = relay.ways[2];
  const text = "I will pay for dinner.";
  const mark = way?.delivered.length ?? 0;
  await alice.say(text);
  await Promise.all([bob.reads(text), carol.reads(text)]);
  const recorded = way?.delivered.slice(mark).find((frame): frame is DeliverFrame =>
    frame.type === "deliver" && frame.payload[0] === 1 && frame.payload[1] === SEALED
  );
  if (way === undefined || recorded === undefined) throw new Error("The relay has recorded nothing");
  way.inject({ ...recorded, seq: recorded.seq + 1 });
  print("   The relay sends carol that very frame a second time.");
  const noticed = await carol.until(() => carol.all("notice").some(({ code }) => code === "replayed"));
  const sentence = carol.all("notice").find(({ code }) => code === "replayed")?.message;
  print("   carol is told:");
  tell(sentence ?? "(nothing)", 5);
  checks.claim("the replay was noticed", noticed);
  checks.claim("carol read the line once", carol.read.filter((read) => read === text).length === 1);
}

/** The relay puts keys of its own into the handshake of somebody with the right code. */
export async function attackSwap(stage: Stage): Promise<void> {
  const { relay, checks } = stage;
  print("", "5. The relay swaps keys while somebody joins, with the right code");
  const { invite, code } = codes(stage.alice);
  const forged = await ownKnock();

  print("   dave joins by the link; the relay puts its own key into his knock.");
  let swapped = 0;
  relay.meddler = {
    toRelay: (frame) => {
      if (frame.type !== "send_table") return [frame];
      return [changeParts(frame, JoinKind.knock, (payload) => {
        swapped++;
        return encodeKnock({ ...decodeKnock(payload), mlkemKey: forged.mlkemKey });
      })];
    },
  };
  let before = knocks(stage);
  const first = await refused(new Person("dave"), relay.url, invite);
  const toldFirst = await toldOfKnock(before, swapped);
  checks.claim("a key swapped in the knock: the join failed", swapped > 0 && first === "wrong_code");

  print("   dave joins by the code; now it swaps the key in the answer.");
  swapped = 0;
  relay.meddler = {
    toRelay: (frame) => {
      if (frame.type !== "send_table") return [frame];
      return [changeParts(frame, JoinKind.answer, (payload) => {
        swapped++;
        return encodeAnswer({ ...decodeAnswer(payload), shareB: forged.shareA });
      })];
    },
  };
  before = knocks(stage);
  const second = await refused(new Person("dave"), relay.url, code);
  const toldSecond = await toldOfKnock(before, 1);
  checks.claim("a key swapped in the answer: the join failed", swapped > 0 && second === "wrong_code");
  checks.claim("each time the room was told", toldFirst && toldSecond);

  relay.meddler = {};
  const dave = new Person("dave");
  await dave.join(relay.url, code);
  const met = await stage.alice.until(() => stage.alice.all("member_joined").some((e) => e.nick === "dave"));
  print("   The relay keeps its hands off, and the same code lets dave in.");
  checks.claim("without the swap the join succeeds", met);
  await dave.session.leave();
}

/** A well-formed knock of the relay's own: keys that pass every check but the one of the code. */
async function ownKnock(): Promise<ReturnType<typeof decodeKnock>> {
  const identity = await Identity.generate();
  const exchange = await JoinerExchange.start(await spokenDoor(newSpokenCode()), identity);
  const knock = decodeKnock(concat(exchange.knock));
  exchange.dispose();
  identity.dispose();
  return knock;
}

/** Changes the payloads of one kind in a table; `common` is part of each of them. */
function changeParts(
  frame: SendTableFrame,
  kind: number,
  change: (payload: Uint8Array) => Uint8Array,
): SendTableFrame {
  const parts = frame.parts.map(({ peerId, bytes }) => {
    const payload = concat(frame.common, bytes);
    return { peerId, bytes: payload[0] === 1 && payload[1] === kind ? change(payload) : payload };
  });
  return { ...frame, common: new Uint8Array(0), parts };
}
