/**
 * Keeps a public room in its relay's list: when it exists, when its topic or its doors have changed, and again after
 * a return to a relay that has begun anew.
 *
 * Only the client that has listed the room does so. When it leaves, or an operator says that the room is not to be
 * listed, it takes the room off the list; nobody takes over.
 *
 * @module
 */
import { fromBase64Url, toBase64Url } from "../crypto/bytes.ts";
import { ClientError } from "./errors.ts";
import { checkPublicName } from "./public_name.ts";
import { listedInvite } from "./public_rooms.ts";
import type { Room } from "./room.ts";

/** For so long what we have told the relay may have overtaken an operator's word that was on its way to us. */
const OVERTAKING_MS = 10_000;

/** A room's entry in the list of its relay. */
export class Listing {
  readonly #room: Room;
  #name: string | null = null;
  /** What the relay has been told last; empty when nothing, or when it has forgotten. */
  #told = "";
  #toldAt = -Infinity;
  #work: Promise<unknown> = Promise.resolve();

  /** The entry of `room`, which is not listed yet. */
  constructor(room: Room) {
    this.#room = room;
  }

  /** Lists the room, or changes its name in the list. Rejects with the relay's refusal; the room goes on unlisted. */
  async publish(text: string): Promise<void> {
    const name = checkPublicName(text);
    this.#name = name;
    this.#told = "";
    try {
      await this.#say();
    } catch (error) {
      if (this.#name === name) this.#name = null;
      throw error;
    }
    if (this.#name !== name) return;
    this.#room.emit({
      type: "notice",
      code: "public",
      message:
        `This room is listed at the relay as "${name}", with its topic and the number of its members: ` +
        "anyone at this relay can see this room and come in. It is listed while you are in it; /private ends that",
    });
  }

  /** As {@linkcode Listing.publish}; a refusal is told, as nobody waits for it. */
  publishOrTell(name: string): void {
    void this.publish(name).catch((error) => this.#refused(error));
  }

  /** Takes the room off the list. */
  withdraw(): void {
    this.#name = null;
    this.#told = "";
    this.#room.parts.link.desk.unlist();
    this.#room.emit({
      type: "notice",
      code: "private",
      message:
        "This room is no longer listed. Whoever has its invite can still come in; /lock lets nobody new in",
    });
  }

  /** An operator has said that the room is not to be listed, and taken it off the list. It is told elsewhere. */
  obey(): void {
    if (this.#name === null) return;
    this.#name = null;
    this.#told = "";
    const { link, clock } = this.#room.parts;
    if (clock.now() - this.#toldAt < OVERTAKING_MS) link.desk.unlist(); // not else: somebody may list it anew
  }

  /** What is listed may have changed; with `anew` the relay has forgotten it. */
  renew({ anew = false }: { anew?: boolean } = {}): void {
    if (this.#name === null) return;
    if (anew) this.#told = "";
    void this.#say().catch((error) => this.#refused(error));
  }

  /** The session ends: the room goes off the list before we leave. */
  end(): void {
    if (this.#name !== null) this.#room.parts.link.desk.unlist();
    this.#name = null; // what is under way says nothing more
  }

  /** One after the other, each with what holds then. */
  #say(): Promise<void> {
    const next = this.#work.then(() => this.#sayNow());
    this.#work = next.catch(() => {});
    return next;
  }

  async #sayNow(): Promise<void> {
    const { link, relay, roomId, certHash, clock } = this.#room.parts;
    const { doors, topic } = this.#room.state;
    const name = this.#name;
    const secret = fromBase64Url(this.#room.doors.find("invite", doors)?.label ?? "");
    // Doors have been turned and the new secrets are on their way: they come with a call of their own.
    if (name === null || secret === undefined || secret.length === 0 || this.#room.isOver) return;
    const invite = listedInvite({
      relay,
      roomId,
      secret,
      ...(certHash && { certHash: new Uint8Array(certHash) }),
    });
    const told = JSON.stringify([name, topic, toBase64Url(invite)]);
    if (told === this.#told) return;
    this.#told = told;
    this.#toldAt = clock.now();
    try {
      await link.desk.publish({ name, topic, invite });
    } catch (error) {
      if (this.#told === told) this.#told = "";
      throw error;
    }
  }

  #refused(error: unknown): void {
    if (this.#room.isOver || !(error instanceof ClientError)) return;
    const why = error.code === "relay_full"
      ? "its list is full"
      : error.message.replace(/^The relay refused: (.)/, (_, first: string) => first.toLowerCase());
    if (error.code === "public_forbidden") this.#name = null;
    this.#room.emit({
      type: "notice",
      code: "not_listed",
      message:
        `This room is not listed at the relay: ${why} The room goes on unlisted; invites still let people in`
          .replace(/([^.]) The room/, "$1. The room"),
    });
  }
}
