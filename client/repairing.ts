/** Repair as a session does it: asks go out and are answered, what comes is verified and takes its turn. @module */
import type { Bytes } from "../crypto/bytes.ts";
import { ContentKind, isStatement } from "../crypto/content.ts";
import { CryptoError } from "../crypto/errors.ts";
import { decodePack } from "../crypto/pack.ts";
import { type Id, idOf } from "./ids.ts";
import { readStatements } from "./incoming_statements.ts";
import { encodePresents, payloadId } from "./payload.ts";
import { mayPassOn } from "./put_out.ts";
import { openAnswer, openAsk, type RepairAsk, sealAnswer, sealAsk } from "./repair_frames.ts";
import type { Room } from "./room.ts";

/** Seals an ask to a member and sends it. */
export async function sendAsk(room: Room, to: Id, ask: RepairAsk): Promise<void> {
  const bundle = room.state.members.get(to)?.bundle;
  if (bundle === undefined) return;
  const { roomId: id } = room.parts;
  const bytes = await sealAsk(ask, { room: id, me: room.me, to: bundle });
  sendTo(room, to, bytes);
}

/** Answers a member that is in the room now, as far as it may read. */
export async function answerAsk(room: Room, from: number, payload: Uint8Array): Promise<void> {
  const { roomId: id, keys, identity } = room.parts;
  const ask = await openAsk(payload, { room: id, me: room.me, keys }).catch((error) =>
    orGiveKeys(room, from, payload, error)
  );
  if (ask === null) return;
  const reader = room.state.members.get(ask.from);
  if (room.isOver || room.returning.tellOut(from, ask.from)) return;
  if (reader?.status !== "in" || reader.expired || !room.confirmation.has(ask.from)) return;
  if (room.presence.memberOf(from) !== ask.from) return;
  let first = true;
  for (const part of room.repairAnswers.answer(ask.from, ask)) {
    const bytes = await sealAnswer(part, { room: id, identity, to: reader.bundle });
    if (room.isOver) return;
    if (first && ask.all) sendTo(room, ask.from, encodePresents(room.presence.payloads()));
    first = false;
    sendTo(room, ask.from, bytes);
  }
}

/** Takes a part of an answer to what we have asked. */
export async function takeAnswer(room: Room, from: number, payload: Uint8Array): Promise<void> {
  const { roomId: id, keys, verifiers } = room.parts;
  const answer = await openAnswer(payload, { room: id, me: room.me, keys }, (who) => verifiers.get(who))
    .catch((error) => orGiveKeys(room, from, payload, error));
  if (answer === null || room.isOver || room.state.members.get(answer.from)?.status !== "in") return;
  const counts = await room.repair.answered(answer.from, answer);
  if (counts && !room.isOver) {
    for (const { author, to } of answer.gone) room.delivery.notForUs(author, to);
  }
}

/** Verifies packs and lets them take their turn; whether any of them was news. */
export async function takePacks(
  room: Room,
  packs: readonly Bytes[],
  { authors, from }: { authors: ReadonlySet<Id>; from: Id },
): Promise<boolean> {
  const { roomId: id, verifiers } = room.parts;
  let news = false;
  for (const bytes of packs) {
    const pack = decodePack(bytes);
    const author = idOf(pack.author);
    // FOUND is known to everybody, and signed for no room.
    if (!authors.has(author) || pack.contents[0]?.content.kind === ContentKind.found) continue;
    // Who was slow to answer was asked again: to verify all of it as often would make us slow as well.
    if (room.delivery.has(pack)) continue;
    if (!(await verifiers.verify(pack, id))) {
      throw new CryptoError("bad_signature", "Cannot accept a pack: its author did not sign it");
    }
    const statements = await readStatements(pack);
    if (room.isOver) return news;
    const about = isStatement(pack.contents[0]?.content.kind ?? 0);
    if (about && !mayPassOn(room, author, from)) continue;
    const start = room.delivery.startOf(author);
    const number = pack.contents[0]?.content.number ?? 0;
    if (start === null || number <= start) {
      // Said before its author knew of us: statements alone are of use.
      const [statement] = statements.values();
      if (statement !== undefined && statement !== null) room.reception.hearsay(statement, pack, from);
      room.delivery.notForUs(author, number);
      continue;
    }
    if (!room.reception.pack(pack, statements, { repaired: true })) continue;
    news = true;
    room.delivery.waitAnew(author);
  }
  return news;
}

/**
 * What does not open may be sealed to keys of ours that are gone, by somebody who was away when we made new ones: it
 * is told these. Only who has never had other keys can say that it was changed on the way.
 */
export function orGiveKeys(room: Room, from: number, payload: Uint8Array, error: unknown): null {
  const old = error instanceof CryptoError && error.code === "open_failed" && room.parts.log.keysOf(room.me);
  if (old === undefined || old === false) throw error;
  room.returning.giveKeys(idOf(payloadId(payload)), from);
  return null;
}

function sendTo(room: Room, to: Id, bytes: Bytes): void {
  const peerId = room.presence.peerOf(to);
  if (peerId !== undefined) {
    room.parts.link.sendTableDroppable(new Uint8Array(0), [{ peerId, bytes }]);
  }
}
