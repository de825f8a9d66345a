/** How the parts of a session reach each other: each gets what it needs of the room, and no more. @module */
import { concat, toHex } from "../crypto/bytes.ts";
import { encodeDoor } from "../crypto/doors.ts";
import { Absence } from "./absence.ts";
import { absentees, audienceOf, isAway, recipientOf } from "./audience.ts";
import { Away } from "./away.ts";
import { MAX_TEXT } from "./bodies.ts";
import { Delivery } from "./delivery.ts";
import type { MemberRef, SessionEvent } from "./events.ts";
import { Expiry } from "./expiry.ts";
import { HaveKeeper } from "./have.ts";
import { type Id, idOf, messageId } from "./ids.ts";
import { Incoming } from "./incoming.ts";
import { askFirst, knewUs } from "./put_out.ts";
import { Repair } from "./repair.ts";
import { RETENTION_LIMITS } from "./retention.ts";
import { answerAsk, sendAsk, takeAnswer, takePacks } from "./repairing.ts";
import type { Room } from "./room.ts";
import { present, type RoomState } from "./room_state.ts";
import { Sender } from "./sender.ts";
import { encodeAway, encodeHave, encodeTyping, SideKind } from "./side.ts";
import { Speech } from "./speech.ts";
import { Sponsor } from "./sponsor.ts";
import { Typing } from "./typing.ts";
import type { WelcomeContent } from "./welcome.ts";

/** See {@linkcode Delivery}. */
export function wireDelivery(room: Room): Delivery {
  const { clock } = room.parts;
  const { emit, ref } = mouthOf(room);
  return new Delivery(clock, {
    deliver: (delivered) => room.reception.deliver(delivered),
    voided: (item) => room.reception.voided(item),
    lost: (id, count) => emit({ type: "lost", ...ref(id), count }),
    equivocation: (id, number) =>
      room.notices.tell({ type: "equivocation", ...ref(id), number }, `${id}-${number}`),
    isVoid: (id, number) => number > (room.state.cuts.get(id) ?? Infinity),
    mayCome: (id) => !room.parts.link.connected || room.repair.mayCome(id),
    awaited: (id, to) =>
      room.repair.awaited(id, to).length === 0 ? 0 : room.parts.awayMs + RETENTION_LIMITS.slackMs,
    awaiting: (id, count) => room.notices.awaited(id, count),
    isAway: (id) => isAway(room, id),
    isGone: (id) => ["left", "removed"].includes(room.state.members.get(id)?.status ?? "in"),
    isExpired: (id) => room.state.members.get(id)?.expired === true && room.presence.peerOf(id) === undefined,
    knewUs: (id, item) => knewUs(room, id, item),
    unreadMs: () => room.incoming.unreadMs,
    missing: () => room.repair.look(),
  });
}

/** See {@linkcode Sender}. */
export function wireSender(room: Room): Sender {
  const { identity, roomId, link, clock, rotateMs } = room.parts;
  return new Sender({
    identity,
    roomId,
    link,
    clock,
    rotateMs,
    audience: () => audienceOf(room),
    recipient: (id) => recipientOf(room, id),
    vector: () => room.delivery.vector(),
    lamport: () => room.reception.lamport,
    said: (pack) => room.reception.own(pack),
    handed: ({ last }, ticket) => room.receipts.handed(last, ticket),
    acquainted: (id) => room.have.coveredBy(id) > 0 || room.reception.acquaintance.knows(id, 1),
  }, room.parts.head);
}

/** See {@linkcode Incoming}. */
export function wireIncoming(room: Room): Incoming {
  const { me } = room;
  const { roomId, clock, keys, verifiers } = room.parts;
  return new Incoming({
    me,
    roomId,
    foundHash: room.parts.log.foundHash,
    clock,
    keys,
    verifiers,
    isMember: (id) => room.state.members.get(id)?.status === "in",
    memberOf: (peerId) => room.presence.memberOf(peerId),
    isPresentNews: (claim) => room.presence.isNews(claim),
    present: (claim, payload, how) => {
      if (room.presence.learn(claim, concat(payload), how)) room.arrived(idOf(claim.memberId));
    },
    outsider: (claim) => room.returning.outsider(idOf(claim.memberId), claim.peerId),
    comingBack: (claim, payload) => room.returning.admit(claim, payload),
    heard: (author, from) => {
      // What somebody said that is out can be read for a while; it does not know it, perhaps.
      if (room.state.members.get(author)?.status !== "in") return room.returning.outsider(author, from);
      if (room.presence.hint(author, from)) room.arrived(author);
    },
    repairAsk: (from, payload) => answerAsk(room, from, payload),
    repair: (from, payload) => takeAnswer(room, from, payload),
    fileAsk: (from, payload) => room.files.asked(from, payload),
    filePart: (from, payload) => room.files.came(from, payload),
    olderRoom: () => room.rivals.older(),
    outsiderKeys: (bundle, from) => room.returning.outsiderKeys(bundle, from),
    staleKeys: (author, from) => room.returning.giveKeys(author, from),
    distribution: (author, addHash, { head, follows }, from) => {
      if (room.presence.hint(author, from)) room.arrived(author);
      room.confirmation.named(author, addHash);
      if (follows) room.delivery.claim(author, head.number);
      else room.delivery.setHead(author, head);
      if (!follows) {
        room.strangers.introduced(author);
        room.have.stir();
      }
      room.afterChange();
    },
    pack: (pack, statements) => room.reception.pack(pack, statements),
    hearsay: (statement, pack, by, from) => room.reception.hearsay(statement, pack, by, from),
    have: (from, have) => room.have.hear(from, have),
    typing: (from, on) => room.typing.hear(from, on),
    away: (from, word) => room.away.hear(from, word),
    noChain: (from) => room.chainAsks.asked(from),
    knock: (from, payload) => room.sponsor.receive(from, payload),
    lateAnswer: (from, payload) => void room.parts.late?.came({ from, payload }),
    askForChain: (from, chainId) => room.chainAsks.ask(from, chainId),
    rejected: (reason, author) => {
      // What a member sends again after it has come back may have arrived the first time.
      const again = reason === "replayed" && author !== undefined && room.presence.returns(author) > 0;
      if (!again) room.notices.rejected(reason, author);
    },
  });
}

/** See {@linkcode Sponsor}. */
export function wireSponsor(room: Room): Sponsor {
  const { me } = room;
  const { roomId, link } = room.parts;
  const state = (): RoomState => room.state;
  return new Sponsor({
    me,
    roomId,
    link,
    timers: room.timers,
    guesses: room.guesses,
    doors: () => room.doors.all,
    state,
    online: (id) => id === me || room.presence.peerOf(id) !== undefined,
    say: (body) => room.sender.say(body),
    welcome: () => welcomeOf(room),
    knows: (other, number) => room.reception.acquaintance.knows(other, number),
    failed: (doorId, proof) => room.notices.knockFailed(doorId, me, proof),
  });
}

/** See {@linkcode HaveKeeper}. */
export function wireHave(room: Room): HaveKeeper {
  const { me } = room;
  const { clock } = room.parts;
  const { ref } = mouthOf(room);
  return new HaveKeeper({
    clock,
    me,
    size: () => present(room.state).length,
    vector: () => room.delivery.vector(),
    here: () => [...room.state.members].filter(([, { status }]) => status === "in").map(([id]) => id),
    send: (have) => void room.sides.say(SideKind.have, encodeHave(have)).catch(() => {}),
    covered: (id, number) => room.receipts.covered(id, number),
    claimed: (id, number) => room.delivery.claim(id, number),
    ahead: (author, number, holder) => {
      if (!room.state.members.has(author)) return; // what is remembered of made-up ones would leave no room for others
      room.repair.holds(author, holder, number);
      room.strangers.mind(author);
      room.delivery.rumour(author, number);
    },
    unlike: (from) => room.repair.all(from),
    differs: (author, number, witness) =>
      room.notices.tell(
        { type: "split_view", ...ref(author), witness: ref(witness).nick },
        `${author}-${number}-${witness}`,
      ),
  });
}

/** See {@linkcode Typing}. */
export function wireTyping(room: Room): Typing {
  const { clock, link } = room.parts;
  const { emit, ref } = mouthOf(room);
  return new Typing({
    clock,
    timers: room.timers,
    size: () => present(room.state).length,
    spare: () => link.spare,
    counts: (id) => counts(room, id),
    send: (on) => {
      const still = (): boolean => room.typing.said === on;
      void room.sides.say(SideKind.typing, encodeTyping(on), still).catch(() => {});
    },
    told: (id, on) => emit({ type: "typing", ...ref(id), on }),
  });
}

/** See {@linkcode Away}. */
export function wireAway(room: Room): Away {
  const { emit, ref } = mouthOf(room);
  return new Away({
    clock: room.parts.clock,
    timers: room.timers,
    me: room.me,
    size: () => present(room.state).length,
    counts: (id) => counts(room, id),
    send: (word) => void room.sides.say(SideKind.away, encodeAway(word)).catch(() => {}),
    told: (id, word) => emit({ type: "presence", ...ref(id), ...word }),
  });
}

/** See {@linkcode Expiry}. */
export function wireExpiry(room: Room): Expiry {
  return new Expiry({
    clock: room.parts.clock,
    timers: room.timers,
    timer: () => room.state.timerMs,
    forget: (author, number) => {
      room.speech.history.delete(messageId(author, number));
      room.files.withdrawn(messageId(author, number));
      room.retention.forget(author, number);
      if (author === room.me) room.receipts.forget(number);
    },
    told: (ids) => room.emit({ type: "expired", ids }),
  });
}

/** See {@linkcode Absence}. */
export function wireAbsence(room: Room): Absence {
  const { clock, awayMs } = room.parts;
  return new Absence({
    clock,
    awayMs,
    timers: room.timers,
    size: () => present(room.state).length,
    told: (id, away) => room.emit({ type: away ? "member_away" : "member_back", ...room.ref(id) }),
    over: (id) => void room.upkeep.expire(id),
  });
}

/** See {@linkcode Repair}. */
export function wireRepair(room: Room): Repair {
  return new Repair({
    timers: room.timers,
    now: () => room.parts.clock.now(),
    unreadOf: (id) => {
      const peerId = room.presence.peerOf(id);
      return peerId === undefined ? null : room.incoming.unreadOf(peerId);
    },
    missing: () => room.delivery.missing(),
    reachable: () => room.reachable(),
    absent: () => absentees(room),
    first: (author, those) => askFirst(room, author, those),
    ask: (to, ask) => sendAsk(room, to, ask),
    take: (packs, authors, from) => takePacks(room, packs, { authors, from }),
    gone: (gone) => room.delivery.gone(gone.author, gone),
    heard: (from, vector) => room.have.hearVector(from, vector),
    refuted: (author) => room.delivery.refute(author),
    changed: () => room.delivery.look(),
    silent: () => room.parts.link.reconnectNow(),
  });
}

/** See {@linkcode Speech}. */
export function wireSpeech(room: Room): Speech {
  const { me } = room;
  const { roomId, keys, link, clock } = room.parts;
  const { emit, ref } = mouthOf(room);
  return new Speech({
    me,
    roomId,
    keys,
    maxMessage: Math.min(link.welcome.maxMessage, MAX_TEXT),
    now: () => clock.now(),
    timer: () => room.expiry.ms,
    shown: (id) => room.expiry.shown(id),
    deleted: (id) => room.files.withdrawn(id),
    ref,
    emit,
    say: async (body, refTo) => {
      room.typing.spoke();
      if (!link.connected) emit({ type: "pending", ref: refTo });
      const number = await room.sender.say(body);
      room.receipts.follow(number, refTo);
      return number;
    },
  });
}

function mouthOf(room: Room): { emit: (event: SessionEvent) => void; ref: (id: Id) => MemberRef } {
  return { emit: (event) => room.emit(event), ref: (id) => room.ref(id) };
}

/** Whether a member may be believed to be there. */
function counts(room: Room, id: Id): boolean {
  return id !== room.me && room.state.members.get(id)?.status === "in" && room.confirmation.has(id);
}

function welcomeOf(room: Room): WelcomeContent {
  const vector = [...room.delivery.vector()].map(([id, { number, lamport }]) => ({ id, number, lamport }));
  const doors = room.doors.all.map(encodeDoor);
  const guesses = room.doors.all.map(({ doorId }) => ({
    doorId,
    count: room.guesses.count(toHex(doorId)),
  }));
  return { packs: room.parts.log.packs(), presents: room.presence.payloads(), vector, doors, guesses };
}
