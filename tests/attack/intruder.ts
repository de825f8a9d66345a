/** Whoever knocks without knowing the code: what a relay, or anybody, can do from outside. @module */
import { concat, randomBytes, toHex } from "../../crypto/bytes.ts";
import type { Door } from "../../crypto/doors.ts";
import { Identity } from "../../crypto/identity.ts";
import { JoinerExchange } from "../../crypto/join_handshake.ts";
import { scalarFromBytes48 } from "../../crypto/spake2.ts";
import { RelayLink } from "../../client/link.ts";
import { decodeRefused, PayloadKind, payloadKind } from "../../client/payload.ts";
import { type Stage, until } from "./room_helpers.ts";

/** What a knock came to. */
export type Outcome = "answered" | { refused: number; retryAfterSeconds: number };

/** A door as somebody sees it who knows its id and guesses at its secret, without the cost of Argon2id. */
export function guessAt(doorId: Uint8Array): Door {
  return { kind: "spoken", doorId: concat(doorId), w: scalarFromBytes48(randomBytes(48)), label: "" };
}

/** A connection that knocks at members of its choice, again and again, each time with another guess. */
export class Intruder {
  readonly #link: RelayLink;
  readonly #door: Door;
  readonly #identity: Identity;
  readonly #outcomes = new Map<string, Outcome>();

  private constructor(link: RelayLink, door: Door, identity: Identity) {
    this.#link = link;
    this.#door = door;
    this.#identity = identity;
  }

  /** Goes to the door of this id, of which it knows no more. */
  static async come(stage: Stage, name: string, doorId: Uint8Array): Promise<Intruder> {
    const connect = stage.connectAs(name);
    const link = await RelayLink.open(stage.relay.honest.url, { connect, clock: stage.clock });
    await link.join(doorId, "mustExist");
    const guess = guessAt(doorId);
    const intruder = new Intruder(link, guess, await Identity.generate());
    stage.also(() => link.leave());
    link.listen({
      deliver: ({ payload }) => intruder.#hear(payload),
      peerIn: () => {},
      peerOut: () => {},
      acked: () => {},
      admitted: () => {},
      paused: () => {},
      closed: () => {},
    });
    return intruder;
  }

  /** Knocks at the member behind `peerId` and says no more, whatever it answers. */
  async knock(peerId: number): Promise<Outcome> {
    const exchange = await JoinerExchange.start(this.#door, this.#identity);
    const id = toHex(exchange.exchangeId);
    this.#link.sendTable(new Uint8Array(0), [{ peerId, bytes: exchange.knock }]);
    exchange.dispose();
    return await until("the knock has an outcome", () => this.#outcomes.get(id));
  }

  #hear(payload: Uint8Array): void {
    const id = toHex(payload.subarray(2, 18));
    const kind = payloadKind(payload);
    if (kind === PayloadKind.answer) this.#outcomes.set(id, "answered");
    if (kind !== PayloadKind.refused) return;
    const { code: refused, retryAfterSeconds } = decodeRefused(payload);
    this.#outcomes.set(id, { refused, retryAfterSeconds });
  }
}
