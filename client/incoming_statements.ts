/** Reads statements that do not come by their authors' chains: a member passes them on (SPEC §8). @module */
import { concat, toHex } from "../crypto/bytes.ts";
import { asArray, asBytes, decodeCbor } from "../crypto/cbor.ts";
import { openFreshKeys } from "../crypto/fresh_keys.ts";
import { decodePack, type Pack } from "../crypto/pack.ts";
import { openPrivate } from "../crypto/private_seal.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import type { IncomingRoom } from "./incoming_room.ts";
import { payloadId } from "./payload.ts";
import { unsigned } from "./refusals.ts";
import type { Statement } from "./room_state.ts";
import { verifyStatement } from "./reading_statements.ts";

/** Reads `statements` and `fresh_keys`. */
export class IncomingStatements {
  readonly #room: IncomingRoom;
  readonly #isOver: () => boolean;

  /** Reads for `room`. */
  constructor(room: IncomingRoom, isOver: () => boolean) {
    this.#room = room;
    this.#isOver = isOver;
  }

  /** Statements that a member passes on, sealed to us. */
  async passedOn(from: number, payload: Uint8Array): Promise<void> {
    const sender = payloadId(payload);
    if (!this.#room.isMember(idOf(sender))) return;
    const plaintext = await this.#openPrivate(sender, payload.slice(18));
    if (plaintext === undefined) return this.#room.staleKeys(idOf(sender), from);
    const packs = asArray(decodeCbor(plaintext, { maxBytes: 1_048_576, maxDepth: 2 }), 1, 1_024);
    for (const bytes of packs) {
      await this.#one(asBytes(bytes, { max: 524_288 }), { by: idOf(sender), from });
    }
  }

  /** A member's present keys, as we have sealed to ones that are gone; by then ours may be gone for it, too. */
  async freshKeys(from: number, payload: Uint8Array): Promise<void> {
    const member = payloadId(payload);
    const id = idOf(member);
    const isMember = this.#room.isMember(id);
    if (!isMember && this.#room.verifiers.get(id) === undefined) return;
    const { foundHash, roomId: room } = this.#room;
    const bytes = await openFreshKeys(foundHash, { room, member }, payload);
    const fits = ({ author, body }: Statement): boolean => author === id && body.kind === "keys";
    if (isMember) return await this.#one(bytes, { by: id, from }, fits);
    const { statement: { bundle } } = await this.#verified(bytes, fits);
    if (bundle !== null && !this.#isOver()) this.#room.outsiderKeys(bundle, from);
  }

  /** A signed statement that did not come by its author's chain. */
  async #one(
    bytes: Uint8Array,
    { by, from }: { by: Id; from: number },
    fits: (statement: Statement) => boolean = () => true,
  ): Promise<void> {
    const { statement, pack } = await this.#verified(bytes, fits);
    if (!this.#isOver()) this.#room.hearsay(statement, pack, by, from);
  }

  async #verified(
    bytes: Uint8Array,
    fits: (statement: Statement) => boolean,
  ): Promise<{ statement: Statement; pack: Pack }> {
    const pack = decodePack(bytes);
    const statements = await readStatements(pack);
    const statement = [...statements.values()][0] ?? null;
    if (statement === null || !fits(statement)) throw unsigned();
    if (!(await this.#room.verifiers.verify(pack, this.#room.roomId, statement.bundle))) throw unsigned();
    if (statement.bundle !== null) this.#room.verifiers.meet(statement.bundle);
    return { statement, pack };
  }

  async #openPrivate(sender: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    for (const { keys, bundle } of this.#room.keys.all) {
      const context = { room: this.#room.roomId, sender, me: bytesOf(this.#room.me), purpose: "statements" };
      const opened = await openPrivate(keys, bundle.hash, context, concat(sealed)).catch(() => undefined);
      if (opened !== undefined) return opened;
    }
    return undefined;
  }
}

/** Reads and verifies the statements of a pack: at most one, as a statement is alone in its pack. */
export async function readStatements(pack: Pack): Promise<Map<string, Statement | null>> {
  const out = new Map<string, Statement | null>();
  const item = pack.contents[0];
  if (pack.contents.length === 1 && item !== undefined && item.content.kind >= 32 && item.content.kind < 48) {
    out.set(toHex(item.hash), await verifyStatement(idOf(pack.author), item));
  }
  return out;
}
