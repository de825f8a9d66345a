/**
 * The outside of an account file: a header, which is authenticated, and sealed bytes. All numbers are big-endian.
 *
 * The key is Argon2id(PBKDF2-HMAC-SHA-256(password)), both with the salt: Argon2id is WebCrypto's, which keeps copies of
 * what it is given, and the password itself is to leave none.
 *
 *     "SOTTOACC" · version u8 = 1 · Argon2id: KiB u32, passes u32, lanes u8 · salt 16 · nonce 12 · length u32 ·
 *     AES-256-GCM of the table under the key that Argon2id makes
 *
 * @module
 */
import { type Password, preparePassword } from "../crypto/scram_prepare.ts";
import { FieldReader, FieldWriter } from "../wire/bytes.ts";
import { MAX_TABLE_BYTES } from "./account_codec.ts";
import { AccountFileError } from "./account_file_error.ts";
import { stretch } from "./hashing.ts";

/** Cost of Argon2id. */
export interface SealCost {
  /** KiB. */
  memory: number;
  /** Passes over it. */
  passes: number;
}

/** 64 MiB and 3 passes (RFC 9106 §4). */
export const SEAL_COST: Readonly<SealCost> = { memory: 65_536, passes: 3 };

/** What a header may ask for, so that a strange file cannot use up the machine. */
const MOST: Readonly<SealCost> = { memory: 262_144, passes: 16 };
const MAGIC = new TextEncoder().encode("SOTTOACC");
const VERSION = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = MAGIC.length + 1 + 4 + 4 + 1 + SALT_BYTES + NONCE_BYTES + 4;

/** Iterations of PBKDF2, before Argon2id, for each KiB of its memory: 262,144 for 64 MiB. */
const ITERATIONS_PER_KIB = 4;

/** Most bytes of an account file. */
export const MAX_FILE_BYTES: number = HEADER_BYTES + MAX_TABLE_BYTES + TAG_BYTES;

/** The key of one file, which cannot be exported, and how it was made. */
export interface SealKey {
  /** AES-256-GCM. */
  readonly key: CryptoKey;
  /** Salt of Argon2id. */
  readonly salt: Uint8Array;
  /** Cost of Argon2id. */
  readonly cost: SealCost;
}

/** A file taken apart, not yet opened. */
export interface SealedFile {
  /** All before the sealed bytes. */
  header: Uint8Array;
  /** Salt of Argon2id. */
  salt: Uint8Array;
  /** Cost of Argon2id. */
  cost: SealCost;
  /** Nonce of AES-GCM. */
  nonce: Uint8Array;
  /** Ciphertext and tag. */
  sealed: Uint8Array;
}

interface Argon2Subtle {
  importKey(
    format: "raw-secret",
    key: Uint8Array,
    name: string,
    out: boolean,
    uses: string[],
  ): Promise<CryptoKey>;
  deriveKey(
    algorithm: { name: string; nonce: Uint8Array; memory: number; passes: number; parallelism: number },
    key: CryptoKey,
    derived: AesDerivedKeyParams,
    extractable: boolean,
    uses: string[],
  ): Promise<CryptoKey>;
}

/** The key of a file from its password. Takes some 300 ms, off the main thread. */
export async function deriveSealKey(
  password: Password,
  cost: SealCost = SEAL_COST,
  salt: Uint8Array = crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
): Promise<SealKey> {
  const subtle = crypto.subtle as unknown as Argon2Subtle; // not yet in TypeScript's library
  const prepared = preparePassword(password); // as SCRAM prepares the same password
  const iterations = ITERATIONS_PER_KIB * cost.memory;
  const secret = await stretch(prepared, { salt, iterations }).finally(() => prepared.fill(0));
  try {
    const base = await subtle.importKey("raw-secret", secret, "Argon2id", false, ["deriveKey"]);
    const argon2 = { name: "Argon2id", nonce: salt, ...cost, parallelism: 1 };
    const aes = { name: "AES-GCM", length: 256 };
    return { key: await subtle.deriveKey(argon2, base, aes, false, ["encrypt", "decrypt"]), salt, cost };
  } finally {
    secret.fill(0);
  }
}

/** A whole file. */
export async function sealTable(
  { key, salt, cost }: SealKey,
  table: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const header = new FieldWriter(HEADER_BYTES).bytes(MAGIC).u8(VERSION).u32(cost.memory).u32(cost.passes).u8(
    1,
  )
    .bytes(salt, SALT_BYTES).bytes(nonce).u32(table.length + TAG_BYTES).done();
  const gcm = { name: "AES-GCM", iv: nonce, additionalData: header };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm, key, table));
  return new FieldWriter(HEADER_BYTES + sealed.length).bytes(header).bytes(sealed).done();
}

/** Takes a file apart. @throws {AccountFileError} `foreign`, `version` or `torn`; `path` is for its message. */
export function readSealed(bytes: Uint8Array, path: string): SealedFile {
  const refuse = (code: "foreign" | "version" | "torn", why: string): AccountFileError =>
    new AccountFileError(code, `Cannot use ${path}: ${why}`);
  const start = bytes.subarray(0, MAGIC.length);
  if (bytes.length > 0 && MAGIC.subarray(0, start.length).some((byte, i) => byte !== start[i])) {
    throw refuse("foreign", "it is not an account file; it was left as it is");
  }
  const torn = "it is damaged: some of it is missing or does not belong there; put a copy of it back";
  if (bytes.length <= MAGIC.length) throw refuse("torn", torn);
  if ((bytes[MAGIC.length] ?? 0) !== VERSION) {
    throw refuse("version", "another version of this program wrote it; use that version, or a newer one");
  }
  if (bytes.length < HEADER_BYTES + TAG_BYTES) throw refuse("torn", torn);
  const reader = new FieldReader(bytes);
  reader.bytes(MAGIC.length + 1);
  const cost = { memory: reader.u32(), passes: reader.u32() };
  const lanes = reader.u8();
  const salt = reader.bytes(SALT_BYTES).slice();
  const nonce = reader.bytes(NONCE_BYTES).slice();
  const length = reader.u32();
  const fits = cost.memory >= 8 && cost.memory <= MOST.memory && cost.passes >= 1 &&
    cost.passes <= MOST.passes;
  if (!fits || lanes !== 1 || length !== reader.left) throw refuse("torn", torn);
  return { header: bytes.slice(0, HEADER_BYTES), salt, cost, nonce, sealed: reader.rest() };
}

/** The table of a file, or `undefined`: which of password and file is wrong cannot be known. */
export async function openSealed({ key }: SealKey, file: SealedFile): Promise<Uint8Array | undefined> {
  const { header, nonce, sealed } = file;
  const gcm = { name: "AES-GCM", iv: copy(nonce), additionalData: copy(header) };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm, key, copy(sealed)));
  } catch {
    return undefined;
  }
}

function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
