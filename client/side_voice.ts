/** Seals `have` to those that may read (SPEC §10.1). @module */
import { sealSide } from "../crypto/side_seal.ts";
import { audienceOf } from "./audience.ts";
import type { Room } from "./room.ts";
import { encodeHave, type Have, SideKind, signSide } from "./side.ts";

/** Up to how many readers a chain is turned for the sake of a `have`. */
const MAX_EAGER = 16;

/** Seals what we have to those that may read. */
export class HaveVoice {
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
    if (!this.#room.parts.link.connected) return;
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
