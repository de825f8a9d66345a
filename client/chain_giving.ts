/** Gives one's chain to those that are owed it, in tables of sealed distributions (SPEC §6.2). @module */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, fromHex } from "../crypto/bytes.ts";
import { sealDistributions } from "../crypto/distribution.ts";
import type { Identity } from "../crypto/identity.ts";
import type { ChainsOut, Grant } from "./chains_out.ts";
import { sendingOver } from "./errors.ts";
import { bytesOf, type Id } from "./ids.ts";
import type { RelayLink } from "./link.ts";

/** Somebody a chain can be sent to. */
export interface Recipient {
  id: Id;
  peerId: number;
  bundle: Bundle;
  addHash: string;
}

/** What {@linkcode ChainGiving} needs of the room. */
export interface GivingRoom {
  identity: Identity;
  roomId: Bytes;
  link: RelayLink;
  /** Where to send what is for `id`; `undefined` while it is not connected. */
  recipient(id: Id): Recipient | undefined;
}

/** Sends what {@linkcode ChainsOut} says is owed. */
export class ChainGiving {
  readonly #room: GivingRoom;
  readonly #chains: ChainsOut;
  /** Whom the distributions are for that the relay has not taken yet, by ticket. */
  readonly #tables = new Map<number, Id[]>();
  #disposed = false;

  /** Gives the chains of `chains`. */
  constructor(room: GivingRoom, chains: ChainsOut) {
    this.#room = room;
    this.#chains = chains;
  }

  /** The relay took everything up to `ticket`. */
  acked(ticket: number): void {
    for (const key of this.#tables.keys()) if (key <= ticket) this.#tables.delete(key);
  }

  /** These could not be sent: whoever they were for is owed its chain again. */
  dropped(tickets: readonly number[]): void {
    for (const ticket of tickets) {
      for (const id of this.#tables.get(ticket) ?? []) this.#chains.again(id);
      this.#tables.delete(ticket);
    }
  }

  /** Gives nothing any more. */
  dispose(): void {
    this.#disposed = true;
  }

  /** Sends what is owed to those that are connected; true when it had to wait for anything. */
  async give(): Promise<boolean> {
    const due = this.#chains.due((id) => this.#room.recipient(id) !== undefined);
    for (const { grant, ids } of due) {
      await this.#giveOne(grant, ids);
      if (this.#disposed) throw sendingOver();
    }
    return due.length > 0;
  }

  async #giveOne(grant: Grant, ids: Id[]): Promise<void> {
    const recipients = ids.map((id) => this.#room.recipient(id)).filter((r) => r !== undefined);
    const sealed = await this.#sealFor(grant, recipients).catch(() => undefined);
    if (this.#disposed) throw sendingOver();
    if (sealed !== undefined) this.#chains.settle(grant, this.#sendTable(sealed, recipients));
    else await this.#sealOneByOne(grant, recipients);
  }

  /** Somebody announced a key that cannot be used: it goes without, the others do not. */
  async #sealOneByOne(grant: Grant, recipients: Recipient[]): Promise<void> {
    for (const recipient of recipients) {
      const sealed = await this.#sealFor(grant, [recipient]).catch(() => undefined);
      if (this.#disposed) throw sendingOver();
      const sent = sealed === undefined ? [recipient.id] : this.#sendTable(sealed, [recipient]);
      this.#chains.settle(grant, sent);
    }
  }

  #sealFor(grant: Grant, recipients: readonly Recipient[]): Promise<{ common: Bytes; parts: Bytes[] }> {
    const { number, hash, lamport } = grant.head;
    return sealDistributions(
      this.#room.identity,
      {
        room: this.#room.roomId,
        start: grant.start,
        ...(grant.previous === undefined ? {} : { previous: grant.previous }),
        head: { number, hash: hash === "" ? new Uint8Array(32) : fromHex(hash) as Bytes, lamport },
      },
      recipients.map(({ id, bundle, addHash }) => ({
        memberId: bytesOf(id),
        bundle,
        addHash: fromHex(addHash) as Bytes,
      })),
    );
  }

  /** Sends to those that are still there, wherever they are now; gives who that is. The others are still owed it. */
  #sendTable(sealed: { common: Bytes; parts: Bytes[] }, recipients: readonly Recipient[]): Id[] {
    const ids: Id[] = [];
    const parts: { peerId: number; bytes: Bytes }[] = [];
    recipients.forEach(({ id }, i) => {
      const peerId = this.#room.recipient(id)?.peerId;
      if (peerId === undefined) return;
      ids.push(id);
      parts.push({ peerId, bytes: sealed.parts[i] as Bytes });
    });
    if (parts.length > 0) this.#tables.set(this.#room.link.sendTable(sealed.common, parts), ids);
    return ids;
  }
}
