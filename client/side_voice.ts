/** Says what may be lost, `have`, typing and away, to those that may read it (SPEC §6.8). @module */
import type { Bytes } from "../crypto/bytes.ts";
import { sealSide } from "../crypto/side_seal.ts";
import { audienceOf } from "./audience.ts";
import type { Room } from "./room.ts";
import { SideKind, signSide } from "./side.ts";

/** Up to how many readers a chain is turned for the sake of a side frame. */
const MAX_EAGER = 16;

/** Seals side frames and sends them, one after the other. */
export class SideVoice {
  readonly #room: Room;
  #number = 0;
  #sending: Promise<void> = Promise.resolve();

  /** Speaks in `room`. */
  constructor(room: Room) {
    this.#room = room;
  }

  /**
   * A side frame goes only to those that may read now: without a chain there is nobody to tell. If somebody that is
   * gone holds the chain, a small room gets a new one for what matters; in a large one it waits for one's next word.
   * Typing is worth no new chain. Who leaves by itself waits to hear that its last words have arrived, and may.
   * What `still` says is out of date once it is sealed is not sent.
   */
  say(kind: number, payload: Bytes, still: () => boolean = () => true): Promise<void> {
    // One after the other: one that overtook another would look like an old one played again.
    const next = (): Promise<void> => this.#say(kind, payload, still);
    return this.#sending = this.#sending.then(next, next);
  }

  async #say(kind: number, payload: Bytes, still: () => boolean): Promise<void> {
    if (!this.#room.parts.link.connected) return;
    const { sender } = this.#room;
    const { size } = audienceOf(this.#room);
    const eager = kind !== SideKind.typing && size > 0 && size <= MAX_EAGER;
    if (eager && !this.#fits(kind)) await sender.renew();
    const chain = sender.chains.chain;
    if (this.#room.isOver || chain === null || !this.#fits(kind)) return;
    const { sideKey, chainId } = chain;
    const { identity, roomId, link } = this.#room.parts;
    const side = await signSide(identity, roomId, { kind, number: ++this.#number, payload });
    if (this.#room.isOver || sender.chains.chain !== chain) return;
    const frame = await sealSide(sideKey, chainId, { room: roomId, member: identity.memberId }, side);
    if (!this.#room.isOver && still()) link.sendDroppable(frame);
  }

  #fits(kind: number): boolean {
    const may = audienceOf(this.#room);
    if (kind === SideKind.have) {
      for (const member of this.#room.state.members.values()) {
        if (member.status === "left") may.add(member.id);
      }
    }
    return this.#room.sender.chains.fits(may);
  }
}
