/**
 * The four messages of SCRAM-SHA-256 (RFC 5802 §7) as text, without any computing: built and strictly read.
 *
 *     client first   n,,n=<name>,r=<nonce>
 *     server first   r=<nonce and more>,s=<salt>,i=<iterations>
 *     client final   c=biws,r=<whole nonce>,p=<proof>
 *     server final   v=<signature>    or    e=<error>
 *
 * There is no channel binding and no second name here: what asks for one is refused, as is a mandatory extension
 * (`m=`). Other attributes may follow and are ignored, each at most once. Readers throw `CryptoError` `decode`.
 *
 * @module
 */
import { fromBase64, toBase64 } from "./base64.ts";
import type { Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** Bounds of what a SCRAM message may hold. */
export const SCRAM_LIMITS = {
  /** Longest message, in UTF-16 units. */
  message: 1_024,
  /** Longest name, unescaped, in UTF-16 units. */
  name: 255,
  /** Longest nonce: both parts together. */
  nonce: 256,
  /** Longest salt, in bytes. */
  salt: 64,
} as const;

/** Length of proofs, signatures and keys, in bytes. */
export const SCRAM_KEY_LENGTH = 32;

/** The header of a client without channel binding, and what it is in the client's final message. */
const GS2 = "n,,";
const GS2_BASE64 = "biws";

/** What a client says first. */
export interface ClientFirst {
  /** Name of the account; empty where the relay's password is meant. */
  name: string;
  /** Client's nonce. */
  nonce: string;
}

/** What a server says first. */
export interface ServerFirst {
  /** Client's nonce, continued by the server's. */
  nonce: string;
  /** Salt of the password. */
  salt: Bytes;
  /** Iterations of PBKDF2. */
  iterations: number;
}

/** What a client says in the end. */
export interface ClientFinal {
  /** The whole nonce. */
  nonce: string;
  /** Proof of the password, 32 bytes. */
  proof: Bytes;
}

/** What a server says in the end: its signature, 32 bytes, or why it refuses. */
export type ServerFinal = { signature: Bytes } | { error: string };

/** Builds a client's first message; `bare` is the part that is signed. */
export function buildClientFirst({ name, nonce }: ClientFirst): { message: string; bare: string } {
  const bare = `n=${escapeName(name)},r=${nonce}`;
  return { message: GS2 + bare, bare };
}

/** Reads a client's first message. @throws {CryptoError} `decode`. */
export function parseClientFirst(message: string): ClientFirst & { bare: string } {
  checkText(message);
  if (!message.startsWith(GS2)) throw malformed("its header asks for something that is not offered");
  const bare = message.slice(GS2.length);
  const [name = "", nonce = ""] = attributes(bare, ["n", "r"]);
  return { name: readName(name), nonce: readNonce(nonce), bare };
}

/** Builds a server's first message. */
export function buildServerFirst({ nonce, salt, iterations }: ServerFirst): string {
  return `r=${nonce},s=${toBase64(salt)},i=${iterations}`;
}

/** Reads a server's first message. Whether the iterations are too few or too many is for the caller to say. */
export function parseServerFirst(message: string): ServerFirst {
  checkText(message);
  const [nonce = "", salt = "", iterations = ""] = attributes(message, ["r", "s", "i"]);
  if (!/^[1-9][0-9]{0,9}$/.test(iterations)) throw malformed("its number of iterations is none");
  const bytes = readBytes(salt);
  if (bytes.length === 0 || bytes.length > SCRAM_LIMITS.salt) throw malformed("its salt has a wrong length");
  return { nonce: readNonce(nonce), salt: bytes, iterations: Number(iterations) };
}

/** A client's final message without its proof: what is signed. */
export function clientFinalWithoutProof(nonce: string): string {
  return `c=${GS2_BASE64},r=${nonce}`;
}

/** Builds a client's final message. */
export function buildClientFinal({ nonce, proof }: ClientFinal): string {
  return `${clientFinalWithoutProof(nonce)},p=${toBase64(proof)}`;
}

/** Reads a client's final message; `withoutProof` is the part that is signed. @throws {CryptoError} `decode`. */
export function parseClientFinal(message: string): ClientFinal & { withoutProof: string } {
  checkText(message);
  const cut = message.lastIndexOf(",p=");
  if (cut < 0) throw malformed("it has no proof");
  const withoutProof = message.slice(0, cut);
  const [binding, nonce = ""] = attributes(message, ["c", "r"]);
  if (binding !== GS2_BASE64) throw malformed("its header is not that of the first message");
  return { nonce: readNonce(nonce), proof: readKey(message.slice(cut + 3)), withoutProof };
}

/** Builds a server's final message. */
export function buildServerFinal(final: ServerFinal): string {
  return "signature" in final ? `v=${toBase64(final.signature)}` : `e=${final.error}`;
}

/** Reads a server's final message. @throws {CryptoError} `decode`. */
export function parseServerFinal(message: string): ServerFinal {
  checkText(message);
  if (message.startsWith("e=")) return { error: attributes(message, ["e"])[0] ?? "" };
  return { signature: readKey(attributes(message, ["v"])[0] ?? "") };
}

/** The values of the attributes that must come first, in this order; what may follow is checked and ignored. */
function attributes(text: string, names: readonly string[]): string[] {
  const seen = new Set<string>();
  const values: string[] = [];
  for (const [index, part] of text.split(",").entries()) {
    const name = part[0] ?? "";
    if (part[1] !== "=" || !/^[A-Za-z]$/.test(name)) throw malformed("a part of it is no attribute");
    if (name === "m") throw malformed("it asks for an extension that is unknown");
    if (seen.has(name)) throw malformed("it says something twice");
    if (index < names.length && name !== names[index]) throw malformed("its parts are not in order");
    seen.add(name);
    if (index < names.length) values.push(part.slice(2));
    else if (part.length === 2) throw malformed("an extension is empty");
  }
  if (values.length < names.length) throw malformed("a part of it is missing");
  return values;
}

function checkText(message: string): void {
  if (message.length > SCRAM_LIMITS.message) throw malformed("it is too long");
  if (message.includes("\0") || !message.isWellFormed()) throw malformed("it holds characters that none may");
}

function escapeName(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}

function readName(escaped: string): string {
  if (/=(?!2C|3D)/.test(escaped)) throw malformed("its name is not escaped");
  const name = escaped.replaceAll("=2C", ",").replaceAll("=3D", "=");
  if (name.length > SCRAM_LIMITS.name) throw malformed("its name is too long");
  return name;
}

function readNonce(nonce: string): string {
  if (nonce.length > SCRAM_LIMITS.nonce || !/^[\x21-\x2b\x2d-\x7e]+$/.test(nonce)) {
    throw malformed("its nonce is none");
  }
  return nonce;
}

function readKey(text: string): Bytes {
  const bytes = readBytes(text);
  if (bytes.length !== SCRAM_KEY_LENGTH) throw malformed("a value of it has a wrong length");
  return bytes;
}

function readBytes(text: string): Bytes {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw malformed("a value of it is not base64");
  return bytes;
}

function malformed(why: string): CryptoError {
  return new CryptoError("decode", `Cannot read a login message: ${why}`);
}
