/** A member without a terminal, who says and sees what a test wants. @module */
import { createRoom, joinRoom, type RoomSession, type SessionEvent } from "../../client/mod.ts";

const DEADLINE_MS = 60_000;

/** One member. */
export class Peer implements AsyncDisposable {
  /** Everything that has happened, in order. */
  readonly events: SessionEvent[] = [];
  #session: RoomSession | null = null;
  #wake: () => void = () => {};

  private constructor() {}

  /** Founds a room. */
  static async founds(relay: string, nick = "peer"): Promise<Peer> {
    const peer = new Peer();
    peer.#session = await createRoom({ relay: `ws://${relay}/ws`, nick, onEvent: (e) => peer.#heard(e) });
    return peer;
  }

  /** Enters a room by its spoken code. */
  static async joins(relay: string, code: string, nick = "peer"): Promise<Peer> {
    const peer = new Peer();
    const options = { relay: `ws://${relay}/ws`, nick, onEvent: (e: SessionEvent) => peer.#heard(e) };
    peer.#session = await joinRoom({ ...options, code });
    return peer;
  }

  /** The room's spoken code, as one of its operators is told. */
  async code(): Promise<string> {
    const { code } = await this.sees("invite", (event) => event.code !== null);
    return code ?? "";
  }

  /** Says something. */
  async says(text: string): Promise<void> {
    await this.run({ command: "send", text });
  }

  /** Carries out a command. */
  async run(command: Parameters<RoomSession["run"]>[0]): Promise<void> {
    await this.#session?.run(command);
  }

  /** Waits for something to happen, or to have happened. */
  async sees<T extends SessionEvent["type"]>(
    type: T,
    fits: (event: Extract<SessionEvent, { type: T }>) => boolean = () => true,
  ): Promise<Extract<SessionEvent, { type: T }>> {
    const deadline = Date.now() + DEADLINE_MS;
    while (true) {
      for (const event of this.events) {
        if (event.type === type && fits(event as Extract<SessionEvent, { type: T }>)) {
          return event as Extract<SessionEvent, { type: T }>;
        }
      }
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`Cannot see ${type} among ${this.events.map((e) => e.type).join(" ")}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.leave();
  }

  #heard(event: SessionEvent): void {
    this.events.push(event);
    this.#wake();
  }
}
