/**
 * Lets newcomers in (SPEC §5): answers knocks, checks who proves to know the code, says ADD, sends the welcome.
 *
 * @module
 */
import type { Bundle } from "../crypto/bundle.ts";
import { concat, equalBytes, toHex } from "../crypto/bytes.ts";
import { type Door, doorCommitment } from "../crypto/doors.ts";
import { CryptoError } from "../crypto/errors.ts";
import { readKnockHeader, SponsorExchange } from "../crypto/join_handshake.ts";
import { nicknameSkeleton } from "../crypto/nickname.ts";
import type { Body } from "./bodies.ts";
import { Guarding, type GuardingRoom } from "./guarding.ts";
import { type Guesses, PROOF_MS } from "./guesses.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import { encodeRefused, payloadId, PayloadKind, payloadKind, RefusedCode } from "./payload.ts";
import { present, type RoomState, skeletonOf } from "./room_state.ts";
import { encodeRefusal, encodeWelcome, type Refusal, type WelcomeContent } from "./welcome.ts";

/** Most join exchanges under way at once at one sponsor. */
export const MAX_EXCHANGES = 8;

/** What {@linkcode Sponsor} needs of the room. */
export interface SponsorRoom extends GuardingRoom {
  guesses: Guesses;
  doors(): readonly Door[];
  online(id: Id): boolean;
  say(body: Body): Promise<number>;
  welcome(): WelcomeContent;
  /** A guess at a door failed. */
  failed(doorId: string, proof: "wrong" | "missing"): void;
}

interface Exchange {
  from: number;
  door: Door;
  attempt: number;
  exchange: SponsorExchange;
  stop: () => void;
}

/** One member's part in admitting others. */
export class Sponsor {
  readonly #room: SponsorRoom;
  /** Looks after those that it has let in. */
  readonly guarding: Guarding;
  readonly #exchanges = new Map<string, Exchange>();
  /** The doors of the answers that are on their way and not announced yet. */
  readonly #opening: Door[] = [];

  /** Sponsors for `room`. */
  constructor(room: SponsorRoom) {
    this.#room = room;
    this.guarding = new Guarding(room);
  }

  /** Takes knock, prove, withdraw or failed from a peer. */
  async receive(from: number, payload: Uint8Array): Promise<void> {
    const kind = payloadKind(payload);
    if (kind === PayloadKind.knock) return await this.#knock(from, payload);
    const exchange = this.#exchanges.get(key(from, payloadId(payload)));
    if (exchange === undefined) return;
    this.#forget(exchange);
    if (kind === PayloadKind.prove) await this.#prove(exchange, payload);
    else if (kind === PayloadKind.withdraw) await this.#withdraw(exchange, payload);
    else this.#fail(exchange, "wrong");
    exchange.exchange.dispose();
  }

  /** The relay counts its connections anew: who was on the way in asks again. */
  reset(): void {
    this.#endAll();
    this.guarding.reset();
  }

  /** Ends all exchanges. */
  dispose(): void {
    this.#endAll();
    this.guarding.dispose();
  }

  #endAll(): void {
    for (const exchange of [...this.#exchanges.values()]) {
      this.#forget(exchange);
      exchange.exchange.dispose();
    }
  }

  async #knock(from: number, payload: Uint8Array): Promise<void> {
    const { exchangeId, doorId } = readKnockHeader(payload);
    const { state, guesses, doors } = this.#room;
    const refuse = (code: number, ms = 0): void =>
      this.#send(from, encodeRefused(exchangeId, code, Math.ceil(ms / 1000)));
    const door = doors().find((d) => equalBytes(d.doorId, doorId) && isOpen(state(), d));
    if (door === undefined) return refuse(RefusedCode.noSuchDoor);
    const { limit, steward } = state();
    if (limit !== null && steward !== this.#room.me) return refuse(RefusedCode.notSponsor);
    const opening = this.#opening.filter((other) => other === door).length;
    const wait = guesses.wait(toHex(doorId), door.kind, opening);
    if (wait === Infinity) return refuse(RefusedCode.usedUp);
    if (wait > 0) return refuse(RefusedCode.slowDown, wait);
    if (this.#exchanges.size + this.#opening.length >= MAX_EXCHANGES) return refuse(RefusedCode.busy, 2_000);
    if (this.#exchanges.has(key(from, exchangeId))) return;
    this.#opening.push(door);
    try {
      await this.#answer(from, payload, door, exchangeId);
    } finally {
      this.#opening.splice(this.#opening.indexOf(door), 1);
    }
  }

  /**
   * The attempt is announced before the answer goes out, so that no guess is ever uncounted. An invite's 128 bits
   * cannot be guessed: there it is announced only once a proof was wrong. That none came says that a connection broke,
   * or that another member's answer was quicker.
   */
  async #answer(from: number, payload: Uint8Array, door: Door, exchangeId: Uint8Array): Promise<void> {
    const exchange = await SponsorExchange.answer(payload, {
      door,
      roomId: this.#room.roomId,
      memberId: bytesOf(this.#room.me),
    });
    let attempt = 0;
    try {
      if (door.kind !== "invite") attempt = await this.#announce(door, exchangeId);
    } catch (error) {
      exchange.dispose();
      throw error;
    }
    const entry: Exchange = { from, door, attempt, exchange, stop: () => {} };
    entry.stop = this.#room.timers.after(PROOF_MS, () => {
      this.#forget(entry);
      this.#fail(entry, "missing");
      exchange.dispose();
    });
    this.#exchanges.set(key(from, exchangeId), entry);
    this.#send(from, exchange.answer);
  }

  #announce(door: Door, exchangeId: Uint8Array): Promise<number> {
    return this.#room.say({ kind: "attempt", doorId: door.doorId, exchangeId: concat(exchangeId) });
  }

  async #prove(entry: Exchange, payload: Uint8Array): Promise<void> {
    let bundle: Bundle;
    try {
      bundle = await entry.exchange.readProve(payload);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      this.#fail(entry, "wrong");
      return;
    }
    const refusal = this.#refusal(bundle, entry.door);
    if (refusal !== null) {
      await this.#cleared(entry);
      await this.#sendWelcome(entry, encodeRefusal(refusal), "refusal");
      return;
    }
    const add = await this.#room.say({
      kind: "add",
      bundle: bundle.encoded,
      doorId: entry.door.doorId,
      attempt: entry.attempt,
    });
    const id = idOf(bundle.memberId);
    if (this.#room.state().members.get(id)?.status !== "in") {
      await this.#sendWelcome(entry, encodeRefusal(this.#refusal(bundle, entry.door) ?? "locked"), "refusal");
      return;
    }
    this.guarding.watch({ id, peerId: entry.from, bundle, add });
    this.#room.link.desk.admit(entry.from);
    await this.#sendWelcome(entry, encodeWelcome(this.#room.welcome()), "welcome");
  }

  /** Another member was quicker to let it in: its confirmation alone shows that this was no guess. */
  async #withdraw(entry: Exchange, payload: Uint8Array): Promise<void> {
    try {
      entry.exchange.readWithdraw(payload);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      return this.#fail(entry, "wrong");
    }
    await this.#cleared(entry);
  }

  async #cleared({ attempt }: Exchange): Promise<void> {
    if (attempt > 0) await this.#room.say({ kind: "attemptCleared", number: attempt });
  }

  #refusal(bundle: Bundle, door: Door): Refusal | null {
    const state = this.#room.state();
    const here = present(state);
    if (!isOpen(state, door)) return "door_turned";
    // One whose connection was cut before its welcome came asks again, and is in already.
    if (state.members.get(idOf(bundle.memberId))?.status === "in") return null;
    if (state.locked) return "locked";
    if (state.limit !== null && here.filter((m) => !m.expired).length >= state.limit) return "room_full";
    if (state.members.has(idOf(bundle.memberId))) return null;
    const skeleton = nicknameSkeleton(bundle.nickname);
    const taken = here.some((m) =>
      skeletonOf(m) === skeleton && (m.id === this.#room.me || this.#room.online(m.id))
    );
    return taken ? "nick_taken" : null;
  }

  async #sendWelcome(entry: Exchange, bytes: Uint8Array, type: "welcome" | "refusal"): Promise<void> {
    for (const chunk of await entry.exchange.sealWelcome(bytes, { type })) this.#send(entry.from, chunk);
  }

  #fail({ attempt, door, exchange }: Exchange, proof: "wrong" | "missing"): void {
    const tell = (): void => this.#room.failed(toHex(door.doorId), proof);
    if (attempt > 0) tell();
    else if (proof === "wrong") void this.#announce(door, exchange.exchangeId).then(tell, () => {});
  }

  #forget(entry: Exchange): void {
    entry.stop();
    for (const [k, other] of this.#exchanges) if (other === entry) this.#exchanges.delete(k);
  }

  #send(peerId: number, bytes: Uint8Array): void {
    this.#room.link.sendTable(new Uint8Array(0), [{ peerId, bytes }]);
  }
}

function key(from: number, exchangeId: Uint8Array): string {
  return `${from}-${toHex(exchangeId)}`;
}

/** Whether the room's state still has this very door. */
export function isOpen(state: RoomState, door: Door): boolean {
  return state.doors?.has(toHex(doorCommitment(door))) ?? false;
}
