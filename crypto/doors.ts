/**
 * Doors: the ways into a room. A door has an id, which the relay sees, and a PAKE scalar from a secret that it
 * never sees (SPEC §3).
 *
 * @module
 */
import { argon2id } from "./argon2.ts";
import { type Bytes, concat, fromBase64Url, toBase64Url, u32, utf8, wipe } from "./bytes.ts";
import { asArray, asBytes, asText, asUint, decodeCbor, encodeCbor } from "./cbor.ts";
import {
  canonicalName,
  formatSpoken,
  MAX_NAME_BYTES,
  parseCode,
  type ParsedCode,
  type SpokenCode,
} from "./codes.ts";
import { CryptoError } from "./errors.ts";
import { hashParts } from "./hash.ts";
import { readScalar, SCALAR_BYTES, scalarFromBytes48 } from "./pake_scalar.ts";

/** The three kinds of door. */
export type DoorKind = "invite" | "spoken" | "named";

/** One way into a room. Whoever holds it wipes it with {@linkcode disposeDoor}. */
export interface Door {
  /** How its code looks. */
  kind: DoorKind;
  /** 16 bytes; the relay finds the room by it. */
  doorId: Bytes;
  /** PAKE scalar, 32 bytes. Secret. */
  w: Bytes;
  /** For showing the code again: an invite's secret (base64url), a spoken code, a name. Secret as the code is. */
  label: string;
  /** Whether it takes a password; known only of a name that was typed here. Is not passed on. */
  password?: boolean;
}

const ID_BYTES = 16;
const HASH_BYTES = 48;
const MAX_DOOR_BYTES = 256;
const KINDS: readonly DoorKind[] = ["invite", "spoken", "named"];

/** The door of a code; takes 150 ms, a name 300 ms. `password` is for names only. */
export function openDoor(code: ParsedCode, password?: string): Promise<Door> {
  if (code.kind === "invite") return inviteDoor(code.roomId, code.secret);
  if (code.kind === "spoken") return spokenDoor(code);
  return namedDoor(code.name, password);
}

/** The door of an invite: its id is the room's. */
export async function inviteDoor(roomId: Uint8Array, secret: Uint8Array): Promise<Door> {
  const w = await scalarOf(secret, roomId);
  return { kind: "invite", doorId: concat(roomId), w, label: toBase64Url(secret) };
}

/** The door of a spoken code: its id comes from the number, its secret is the words. */
export async function spokenDoor(code: SpokenCode): Promise<Door> {
  const doorId = hashParts("sotto/v1/spoken-door", u32(code.number)).slice(0, ID_BYTES);
  const secret = utf8(code.words.join(" "));
  const w = await scalarOf(secret, doorId);
  wipe(secret);
  return { kind: "spoken", doorId, w, label: formatSpoken(code) };
}

/**
 * The door of a name, with or without a password. Without one, whoever guesses the name can come in; the hash
 * only makes guessing slow.
 */
export async function namedDoor(name: string, password?: string): Promise<Door> {
  const label = canonicalName(name);
  const salt = hashParts("sotto/v1/name-salt").slice(0, ID_BYTES);
  const hash = await argon2id(utf8(label), salt, HASH_BYTES);
  const doorId = hash.slice(0, ID_BYTES);
  const typed = utf8((password ?? "").normalize("NFKC"));
  const secret = concat(hash.subarray(ID_BYTES), typed);
  const w = await scalarOf(secret, doorId);
  wipe(hash, typed, secret);
  return { kind: "named", doorId, w, label, password: typed.length > 0 };
}

/** What a DOOR statement says of a door: enough to recognise its secret when that follows, and no more. */
export function doorCommitment(door: Door): Bytes {
  return hashParts("sotto/v1/door-commitment", utf8(door.kind), door.doorId, door.w);
}

/** `CBOR[kind, doorId, w, label]`: the whole secret, for members only. */
export function encodeDoor(door: Door): Bytes {
  return encodeCbor([KINDS.indexOf(door.kind) + 1, door.doorId, door.w, door.label]);
}

/** Reads {@linkcode encodeDoor}; `decode` for anything else, a label that is no code of its kind included. */
export function decodeDoor(bytes: Uint8Array): Door {
  const fields = asArray(decodeCbor(bytes, { maxBytes: MAX_DOOR_BYTES }), 4);
  const kind = KINDS[asUint(fields[0], KINDS.length) - 1];
  if (kind === undefined) throw fail("its kind is unknown");
  const doorId = asBytes(fields[1], { length: ID_BYTES });
  const w = asBytes(fields[2], { length: SCALAR_BYTES });
  const label = asText(fields[3], MAX_NAME_BYTES);
  try {
    readScalar(w);
    if (isLabel(kind, label)) return { kind, doorId, w, label };
  } catch (cause) {
    throw fail("its scalar or label is out of range", cause);
  }
  throw fail("its label is not a code");
}

/** Wipes the scalar. */
export function disposeDoor(door: Door): void {
  wipe(door.w);
}

async function scalarOf(secret: Uint8Array, doorId: Uint8Array): Promise<Bytes> {
  const hash = await argon2id(secret, doorId, HASH_BYTES);
  try {
    return scalarFromBytes48(hash);
  } finally {
    wipe(hash);
  }
}

/** True when `label` is what a door of this kind shows: a member must not make others print anything else. */
function isLabel(kind: DoorKind, label: string): boolean {
  if (kind === "invite") return fromBase64Url(label)?.length === ID_BYTES;
  if (kind === "named") return canonicalName(label) === label;
  const code = parseCode(label);
  return code.kind === "spoken" && formatSpoken(code) === label;
}

function fail(why: string, cause?: unknown): CryptoError {
  return new CryptoError("decode", `Cannot decode a door: ${why}`, { cause });
}
