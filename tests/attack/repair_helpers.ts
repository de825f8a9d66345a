/** What somebody does that asks, answers, and tells what it has, as it likes. @module */
import { decodeBody } from "../../client/bodies.ts";
import type { Id } from "../../client/ids.ts";
import type { Deliver } from "../../client/link.ts";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import {
  openAnswer,
  openAsk,
  type Range,
  type RepairAnswer,
  type RepairAsk,
  sealAnswer,
  sealAsk,
} from "../../client/repair_frames.ts";
import { encodeHave, type Have, SideKind, signSide } from "../../client/side.ts";
import { type Bytes, randomBytes } from "../../crypto/bytes.ts";
import { isStatement } from "../../crypto/content.ts";
import { decodePack } from "../../crypto/pack.ts";
import { sealSide } from "../../crypto/side_seal.ts";
import { cryptoAtRest } from "../crypto_rest.ts";
import { type Person, until } from "./crowd.ts";
import type { Hostile } from "./hostile_member.ts";

/** An answer and who gave it. */
export type Given = RepairAnswer & { from: Id };

let asks = 1_000;

/** Asks a member for something; gives the ask's number. */
export async function ask(hostile: Hostile, to: Person, wanted: Partial<RepairAsk> = {}): Promise<number> {
  const number = ++asks;
  hostile.send(await askFrame(hostile, to, { ask: number, ...wanted }), to);
  return number;
}

/** An ask as it travels. */
export function askFrame(hostile: Hostile, to: Person, wanted: Partial<RepairAsk>): Promise<Bytes> {
  const { bundle } = to.room.parts.keys.current;
  const whole = { ask: ++asks, all: true, ranges: [], ...wanted };
  return sealAsk(whole, { room: hostile.room, me: hostile.person.id, to: bundle });
}

/** Everything of these people, by anybody's count. */
export function everythingOf(...people: Person[]): Range[] {
  return people.map(({ id }) => ({ author: id, from: 1, to: 100_000 }));
}

/** All answers that were given to a member, opened. */
export async function answersTo(person: Person, from?: Person): Promise<Given[]> {
  const { roomId: room, keys, verifiers } = person.room.parts;
  const out: Given[] = [];
  for (const payload of person.payloads(PayloadKind.repair, from)) {
    const opened = await openAnswer(payload, { room, me: person.id, keys }, (id) => verifiers.get(id));
    out.push(opened);
  }
  return out;
}

/** The texts in answers; statements and bookkeeping are left out. */
export function textsIn(answers: readonly RepairAnswer[]): string[] {
  return answers.flatMap(({ packs }) => packs).flatMap((bytes) =>
    decodePack(bytes).contents.filter(({ content }) => !isStatement(content.kind)).flatMap(({ content }) => {
      const body = decodeBody(content.kind, content.body);
      return body?.kind === "text" ? [body.text] : [];
    })
  );
}

/** Gives a member an answer, asked or not. */
export async function answer(hostile: Hostile, to: Person, given: Partial<RepairAnswer>): Promise<void> {
  const { identity } = hostile.person.room.parts;
  const { bundle } = to.room.parts.keys.current;
  const whole = { ask: 1, packs: [], gone: [], vector: null, last: true, ...given };
  hostile.send(await sealAnswer(whole, { room: hostile.room, identity, to: bundle }), to);
}

/** Answers every ask with what `reply` makes of it, if anything; gives the asks, as they come. */
export function answering(
  hostile: Hostile,
  reply: (ask: RepairAsk & { from: Id }) => Partial<RepairAnswer>[],
  to: Person[],
): (RepairAsk & { from: Id })[] {
  const heard: (RepairAsk & { from: Id })[] = [];
  const { room } = hostile.person;
  between(hostile.person, ({ payload }) => {
    if (payloadKind(payload) !== PayloadKind.repairAsk) return true;
    void openAsk(payload, { room: hostile.room, me: room.me, keys: room.parts.keys }).then(async (asked) => {
      heard.push(asked);
      const asker = to.find(({ id }) => id === asked.from);
      if (asker === undefined) return;
      for (const part of reply(asked)) await answer(hostile, asker, { ask: asked.ask, ...part });
    }).catch(() => {}); // the test may be over
    return false;
  });
  return heard;
}

const sides = new WeakMap<Hostile, number>();

/** Says that it has what it likes. */
export async function tellHave(hostile: Hostile, have: Partial<Have>): Promise<void> {
  const number = (sides.get(hostile) ?? 1_000_000) + 1;
  sides.set(hostile, number);
  const { identity, link } = hostile.person.room.parts;
  const { number: own, hash } = hostile.person.room.sender.head;
  const whole = { number: own, hash, digest: randomBytes(32), full: false, entries: [], ...have };
  const side = { kind: SideKind.have, number, payload: encodeHave(whole) };
  const signed = await signSide(identity, hostile.room, side);
  const { sideKey, chainId } = hostile.chain;
  link.sendDroppable(await sealSide(sideKey, chainId, hostile.place, signed));
}

/** Stands between a member and its relay: what `passes` says no to does not arrive. */
export function between(
  person: Person,
  passes: (frame: Pick<Deliver, "from" | "payload">) => boolean,
): () => void {
  const { incoming } = person.room;
  const receive = incoming.receive.bind(incoming);
  incoming.receive = (frame) => {
    if (passes(frame)) receive(frame);
  };
  return () => {
    incoming.receive = receive;
  };
}

/** Drops the next `count` messages of `from` on their way to `person`; gives how many it has dropped. */
export function losing(person: Person, from: Person, count = 1): () => number {
  let dropped = 0;
  between(person, (frame) => {
    const hit = frame.from === from.peerId && payloadKind(frame.payload) === PayloadKind.sealed;
    if (!hit || dropped >= count) return true;
    dropped++;
    return false;
  });
  return () => dropped;
}

/** What was given to `hostile` for what it asks here; resolves with the last part. */
export async function answered(hostile: Hostile, to: Person, wanted: Partial<RepairAsk>): Promise<Given[]> {
  const { person } = hostile;
  const number = await ask(hostile, to, wanted);
  for (let seen = 0;;) {
    seen = await until(`${to.name} answers`, () => {
      const { length } = person.payloads(PayloadKind.repair, to);
      return length > seen && length;
    });
    const given = (await answersTo(person, to)).filter((part) => part.ask === number);
    if (given.some(({ last }) => last)) return given;
  }
}

/** The number of the last thing that `person` has said. */
export function headOf(person: Person): number {
  return person.room.sender.head.number;
}

/** A range that is said to be gone. */
export function gone(author: Person, from: number, to: number, messages = 0): RepairAnswer["gone"][number] {
  return { author: author.id, from, to, messages };
}

/** A vector or `have` entry. */
export function entry(author: Person, number: number, hash?: string): Have["entries"][number] {
  return { id: author.id, number, hash: hash ?? "0".repeat(64) };
}

/** Lets time pass so slowly that what is asked is answered meanwhile. */
export async function linger(clock: { push(ms: number): void }, ms: number, stepMs = 250): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    clock.push(stepMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await cryptoAtRest();
  }
}

/** Counts what `asker` asks `person` from now on. */
export function countAsks(person: Person, asker: Person): () => number {
  let count = 0;
  between(person, ({ from, payload }) => {
    if (from === asker.peerId && payloadKind(payload) === PayloadKind.repairAsk) count++;
    return true;
  });
  return () => count;
}
