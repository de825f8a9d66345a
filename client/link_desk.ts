/** What a link asks of the relay about its room's doors, its members and its list (SPEC §11.4, §11.9). @module */
import type { ClientFrame } from "../wire/frame.ts";
import type { Connection } from "./connection.ts";
import { ClientError } from "./errors.ts";

/** What {@linkcode LinkDesk} needs of the link. */
export interface DeskLink {
  /** The connection that there is now, or that there was last. */
  connection(): Connection;
  /** Whether a lost connection comes back. */
  returns(): boolean;
  /** Resolves when there is a connection; rejects when the link is gone. */
  online(): Promise<void>;
  /** Sends a frame, if there is a connection. */
  write(frame: ClientFrame): void;
}

/** Asks the relay. */
export class LinkDesk {
  readonly #link: DeskLink;

  /** By way of `link`. */
  constructor(link: DeskLink) {
    this.#link = link;
  }

  /** Opens a door of the room at the relay; rejects with `door_taken` when it leads elsewhere already. */
  async openDoor(doorId: Uint8Array): Promise<void> {
    await this.#done({ type: "door", action: "add", doorId });
  }

  /** Shuts a door of the room at the relay. */
  shutDoor(doorId: Uint8Array): void {
    this.#link.write({ type: "door", action: "drop", doorId });
  }

  /** Tells the relay that a knocker has become a member. */
  admit(peerId: number): void {
    this.#link.write({ type: "admit", peerId });
  }

  /** Lists the room at the relay for everybody; rejects with `public_forbidden` where it lists none. */
  async publish(listing: { name: string; topic: string; invite: Uint8Array }): Promise<void> {
    await this.#done({ type: "publish", ...listing });
  }

  /** Takes the room off the relay's list. */
  unlist(): void {
    this.#link.write({ type: "publish", name: "", topic: "", invite: new Uint8Array(0) });
  }

  /** Sends what the relay answers only when it refuses it, and waits until it has not. */
  async #done(frame: ClientFrame): Promise<void> {
    // The relay says nothing when it has done it: what comes before the answer to a ping is about the frame.
    const opaque = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const frames: ClientFrame[] = [frame, { type: "ping", opaque }];
    for (;;) {
      const connection = this.#link.connection();
      try {
        return void await connection.ask(
          frames,
          (frame) => frame.type === "pong" && frame.opaque === opaque ? frame : undefined,
        );
      } catch (error) {
        if (!this.#link.returns() || !(error instanceof ClientError)) throw error;
        // A relay that does not even answer a ping is gone, though nobody has said so yet.
        if (error.code === "unreachable") connection.end(error);
        if (connection.ended === null) throw error;
        await this.#link.online();
      }
    }
  }
}
