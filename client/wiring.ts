/** How the parts of a session reach each other: each gets what it needs of the room, and no more. @module */
import { concat, toHex } from "../crypto/bytes.ts";
import { encodeDoor } from "../crypto/doors.ts";
import { sealSide } from "../crypto/side_seal.ts";
import { audienceOf, recipientOf } from "./audience.ts";
import { Delivery } from "./delivery.ts";
import type { MemberRef, SessionEvent } from "./events.ts";
import { HaveKeeper } from "./have.ts";
import { type Id, idOf } from "./ids.ts";
import { Incoming } from "./incoming.ts";
import type { Room } from "./room.ts";
import { present, type RoomState } from "./room_state.ts";
import { Sender } from "./sender.ts";
import { encodeHave, type Have, SideKind, signSide } from "./side.ts";
import { Speech } from "./speech.ts";
import { Sponsor } from "./sponsor.ts";
import type { WelcomeContent } from "./welcome.ts";

/** Up to how many readers a chain is turned for the sake of a `have`. */
const MAX_EAGER = 16;

/** See {@linkcode Delivery}. */
export function wireDelivery(room: Room): Delivery {
  const { clock } = room.parts;
  const { emit, ref } = mouthOf(room);
  return new Delivery(clock, {
    deliver: (delivered) => room.reception.deliver(delivered),
    lost: (id, count) => emit({ type: "lost", ...ref(id), count }),
    equivocation: (id, number) =>
      room.notices.tell({ type: "equivocation", ...ref(id), number }, `${id}-${number}`),
    isVoid: (id, number) => number > (room.state.cuts.get(id) ?? Infinity),
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
    handed: ({ last }, sendId) => room.receipts.handed(last, sendId),
  }, room.parts.head);
}

/** See {@linkcode Incoming}. */
export function wireIncoming(room: Room): Incoming {
  const { me } = room;
  const { roomId, clock, keys, verifiers } = room.parts;
  return new Incoming({
    me,
    roomId,
    clock,
    keys,
    verifiers,
    isMember: (id) => room.state.members.get(id)?.status === "in",
    memberOf: (peerId) => room.presence.memberOf(peerId),
    present: (claim, payload) => {
      if (room.presence.learn(claim, concat(payload))) online(room, idOf(claim.memberId));
    },
    distribution: (author, addHash, { head, follows }, from) => {
      if (room.presence.hint(author, from)) online(room, author);
      room.confirmation.named(author, addHash);
      if (follows) room.delivery.claim(author, head.number);
      else room.delivery.setHead(author, head);
      room.afterChange();
    },
    pack: (pack, statements) => room.reception.pack(pack, statements),
    hearsay: (statement, pack) => room.reception.hearsay(statement, pack),
    have: (from, have) => room.have.hear(from, have),
    noChain: (from) => room.chainAsks.asked(from),
    knock: (from, payload) => room.sponsor.receive(from, payload),
    askForChain: (from, chainId) => room.chainAsks.ask(from, chainId),
    rejected: (reason, author) => room.notices.rejected(reason, author),
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
    knows: (other, author, number) => room.reception.knows(other, author, number),
    failed: (doorId, proof) => room.knockFailed(doorId, me, proof),
  });
}

/** See {@linkcode HaveKeeper}. */
export function wireHave(room: Room): HaveKeeper {
  const { me } = room;
  const { clock } = room.parts;
  const { ref } = mouthOf(room);
  const voice = new HaveVoice(room);
  return new HaveKeeper({
    clock,
    me,
    size: () => present(room.state).length,
    vector: () => room.delivery.vector(),
    send: (have) => void voice.send(have).catch(() => {}),
    covered: (id, number) => room.receipts.covered(id, number),
    claimed: (id, number) => room.delivery.claim(id, number),
    differs: (author, number, witness) =>
      room.notices.tell(
        { type: "split_view", ...ref(author), witness: ref(witness).nick },
        `${author}-${number}-${witness}`,
      ),
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
    maxMessage: link.welcome.maxMessage,
    now: () => clock.now(),
    ref,
    emit,
    say: async (body, refTo) => {
      const number = await room.sender.say(body);
      room.receipts.follow(number, refTo);
      return number;
    },
  });
}

function mouthOf(room: Room): { emit: (event: SessionEvent) => void; ref: (id: Id) => MemberRef } {
  return { emit: (event) => room.emit(event), ref: (id) => room.ref(id) };
}

function online(room: Room, id: Id): void {
  room.upkeep.back(id);
  room.sender.introduce();
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

/** Seals what we have to those that may read. */
class HaveVoice {
  readonly #room: Room;
  #number = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(room: Room) {
    this.#room = room;
  }

  /**
   * A `have` goes only to those that may read now: without a chain there is nobody to tell. If somebody that is
   * gone holds the chain, a small room gets a new one for this; in a large one it waits for one's next word. Who
   * leaves by itself waits to hear that its last words have arrived, and may.
   */
  send(have: Have): Promise<void> {
    // One after the other: one that overtook another would look like an old one played again.
    return this.#sending = this.#sending.then(() => this.#send(have), () => this.#send(have));
  }

  async #send(have: Have): Promise<void> {
    const { sender } = this.#room;
    const { size } = audienceOf(this.#room);
    if (!this.#fits() && size > 0 && size <= MAX_EAGER) await sender.renew();
    const chain = sender.chains.chain;
    if (this.#room.isOver || chain === null || !this.#fits()) return;
    const { sideKey, chainId } = chain;
    const { identity, roomId, link } = this.#room.parts;
    const number = ++this.#number;
    const side = await signSide(identity, roomId, { kind: SideKind.have, number, payload: encodeHave(have) });
    if (this.#room.isOver || sender.chains.chain !== chain) return;
    const frame = await sealSide(sideKey, chainId, { room: roomId, member: identity.memberId }, side);
    if (!this.#room.isOver) link.sendDroppable(frame);
  }

  #fits(): boolean {
    const may = audienceOf(this.#room);
    for (const member of this.#room.state.members.values()) if (member.status === "left") may.add(member.id);
    return this.#room.sender.chains.fits(may);
  }
}
