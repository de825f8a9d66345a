/** What a relay does to make its guests come back, and what there is to see of it. @module */
import { payloadKind } from "../../client/payload.ts";
import { type Bytes, concat, randomBytes, toHex } from "../../crypto/bytes.ts";
import { readSealedHeader } from "../../crypto/seal.ts";
import type { ClientFrame, JoinedFrame } from "../../wire/mod.ts";
import type { Rule, Victim } from "./hostile_relay.ts";
import { type Person, until } from "./room_helpers.ts";

/** How often a person was told that it is back. */
export function returns(person: Person): number {
  return person.of("connection").filter((event) => event.state === "online" && event.back === true).length;
}

/** Takes the place of these people at the relay away: they have to come in by the room's door again. */
export async function evict(...people: Person[]): Promise<void> {
  await sendTo(undefined, ...people);
}

/** Pretends to have restarted: these people find the room empty, in a part of the relay that `mask` names. */
export async function restart(mask: number, ...people: Person[]): Promise<void> {
  await sendTo(mask, ...people);
}

async function sendTo(mask: number | undefined, ...people: Person[]): Promise<void> {
  const before = people.map(returns);
  for (const { victim } of people) {
    victim.toRelay = elsewhere(mask ?? 0);
    victim.cut();
  }
  await until("all are back", () => people.every((person, i) => returns(person) > (before[i] ?? 0)));
}

/** No token is good, and every door leads elsewhere. */
function elsewhere(mask: number): Rule<ClientFrame> {
  return (frame) => {
    if (frame.type === "resume") return { ...frame, token: randomBytes(32) };
    if (frame.type !== "join" && frame.type !== "door") return frame;
    return { ...frame, doorId: frame.doorId.map((byte) => byte ^ mask) };
  };
}

/** What a client was told when it came in last. */
export function place(victim: Victim): JoinedFrame {
  const joined = victim.offered.filter((frame): frame is JoinedFrame => frame.type === "joined").at(-1);
  if (joined === undefined) throw new Error("it was never in a room");
  return joined;
}

/** All payloads of one kind that a client has sent, to whomever. */
export function sentBy(victim: Victim, kind: number): Bytes[] {
  return victim.said.flatMap((frame) => {
    if (frame.type === "send") return [concat(frame.payload)];
    if (frame.type === "send_table") return frame.parts.map(({ bytes }) => concat(frame.common, bytes));
    return [];
  }).filter((payload) => payloadKind(payload) === kind);
}

/** The connections that a client has let in. */
export function admittedBy(victim: Victim): number[] {
  return victim.said.flatMap((frame) => frame.type === "admit" ? [frame.peerId] : []);
}

/** Chain keys under which more than one thing was sealed. */
export function usedTwice(sealed: readonly Bytes[]): string[] {
  const seen = new Map<string, string>();
  const twice: string[] = [];
  for (const payload of sealed) {
    const { chainId, counter } = readSealedHeader(payload);
    const key = `${toHex(chainId)}-${counter}`;
    const known = seen.get(key);
    if (known !== undefined && known !== toHex(payload)) twice.push(key);
    seen.set(key, toHex(payload));
  }
  return twice;
}

/** Resolves when these people have read all that the relay has given them until now. */
export async function readAll(by: Person, ...people: Person[]): Promise<void> {
  const word = `read up to here: ${toHex(randomBytes(4))}`;
  await by.say(word);
  await until("all have heard", () => people.every((person) => person.count(word) === 1));
  for (const person of people) await person.room.incoming.settled();
}

/** The safety words of the room as a person sees them now. */
export async function words(person: Person): Promise<string> {
  await person.room.run({ command: "verify" });
  return person.of("safety").at(-1)?.words ?? "";
}
