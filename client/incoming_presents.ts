/** Reads what members say about where they are connected (SPEC §6.7). @module */
import type { Verifier } from "../crypto/identity.ts";
import { decodePresent, type Present, verifyPresent } from "../crypto/present.ts";
import type { FrameBuffer } from "./buffer.ts";
import { idOf } from "./ids.ts";
import type { IncomingRoom } from "./incoming_room.ts";
import { decodePresents, encodePresents } from "./payload.ts";
import { unsigned } from "./refusals.ts";

/** Reads `present`, `coming_back` and `presents`. */
export class IncomingPresents {
  readonly #room: IncomingRoom;
  readonly #noMember: FrameBuffer;
  readonly #isOver: () => boolean;

  /** Reads for `room`; `noMember` keeps what comes from those of whom we have not heard yet. */
  constructor(room: IncomingRoom, { noMember, isOver }: { noMember: FrameBuffer; isOver: () => boolean }) {
    this.#room = room;
    this.#noMember = noMember;
    this.#isOver = isOver;
  }

  /** Somebody says where it is connected, or, `returning`, asks to be let in again. */
  async present(from: number, payload: Uint8Array, { returning = false } = {}): Promise<void> {
    const present = decodePresent(payload);
    if (present.peerId !== from) throw unsigned();
    const id = idOf(present.memberId);
    // Both in one turn: whoever became a member in between would be waited for, and has been waited for already.
    const known = this.#room.verifiers.get(id);
    if (known === undefined || !(returning || this.#room.isMember(id))) {
      this.#noMember.hold(id, { from, payload, at: this.#room.clock.now() });
      if (await this.#shows(present, known) && !this.#isOver()) this.#room.outsider(present);
      return;
    }
    if (!(await this.#shows(present, known))) throw unsigned();
    if (this.#isOver()) return;
    if (returning) this.#room.comingBack(present, payload);
    else this.#room.present(present, payload, { passedOn: false });
  }

  /** What others have said about where they are, passed on by one of them; each has signed for itself. */
  async presents(from: number, payload: Uint8Array): Promise<void> {
    const claims = await Promise.all(
      decodePresents(payload).map(async (bytes) => {
        const present = decodePresent(bytes);
        const id = idOf(present.memberId);
        // Most of it is known: each has told us itself, and a signature is dear in a large room.
        if (this.#room.isMember(id) && !this.#room.isPresentNews(present)) {
          return { present, bytes, valid: false };
        }
        const known = this.#room.verifiers.get(id);
        if (known === undefined || !this.#room.isMember(id)) {
          // It has been told of somebody that we shall hear of only now.
          this.#noMember.hold(id, { from, payload: encodePresents([bytes]), at: this.#room.clock.now() });
        }
        return { present, bytes, valid: await this.#shows(present, known) };
      }),
    );
    for (const { present, bytes, valid } of claims) {
      if (!valid || this.#isOver()) continue;
      if (this.#room.isMember(idOf(present.memberId))) this.#room.present(present, bytes, { passedOn: true });
      else this.#room.outsider(present);
    }
  }

  /** Whether it is signed by its member, as far as that one's key is known. */
  async #shows(present: Present, known: Promise<Verifier> | undefined): Promise<boolean> {
    const verifier = await known?.catch(() => undefined);
    return verifier !== undefined && await verifyPresent(present, this.#room.roomId, verifier);
  }
}
