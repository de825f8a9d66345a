/** What the tests of a join share: a room, a door, an identity and the honest first steps. @module */
import { type Bundle, signBundle } from "./bundle.ts";
import type { Bytes } from "./bytes.ts";
import type { Door } from "./doors.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { Identity } from "./identity.ts";
import { JoinerExchange, SponsorExchange, type SponsorOptions } from "./join_handshake.ts";
import { KemKeys } from "./kem.ts";

/** Both sides of one exchange. */
export interface Pair {
  /** The joiner's. */
  joiner: JoinerExchange;
  /** The sponsor's. */
  sponsor: SponsorExchange;
}

/** For `assert.throws` and `assert.rejects`. */
export const is = (code: CryptoErrorCode) => (error: unknown): boolean =>
  error instanceof CryptoError && error.code === code;

/** The room. */
export const roomId: Bytes = new Uint8Array(16).fill(1);
/** The sponsor. */
export const sponsorId: Bytes = new Uint8Array(16).fill(2);
/** The right code. */
export const door: Door = {
  kind: "named",
  doorId: new Uint8Array(16).fill(3),
  w: new Uint8Array(32).fill(4),
  label: "lobby",
};
/** A wrong code for the same door. */
export const wrongDoor: Door = { ...door, w: new Uint8Array(32).fill(5) };
/** What the sponsor brings. */
export const sponsoring: SponsorOptions = { door, roomId, memberId: sponsorId };
/** The joiner. */
export const identity: Identity = await Identity.generate();
/** The joiner's receiving keys. */
export const kem: KemKeys = await KemKeys.generate();
/** The joiner's bundle. */
export const bundle: Bundle = await signBundle(identity, kem, { keyNumber: 1, nickname: "ada" });

/** An exchange up to the answer. */
export async function answered(): Promise<Pair> {
  const joiner = await JoinerExchange.start(door, identity);
  return { joiner, sponsor: await SponsorExchange.answer(joiner.knock, sponsoring) };
}

/** An exchange up to the accepted proof. */
export async function proven(): Promise<Pair> {
  const { joiner, sponsor } = await answered();
  const { prove } = await joiner.readAnswer(sponsor.answer, { bundle });
  await sponsor.readProve(prove);
  return { joiner, sponsor };
}

/** A copy with one bit changed. */
export function flip(bytes: Uint8Array, at: number): Bytes {
  const out = bytes.slice() as Bytes;
  out[at] = (out[at] as number) ^ 1;
  return out;
}
