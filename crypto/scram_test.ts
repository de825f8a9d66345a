import assert from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import rfc7677 from "../tests/vectors/scram_sha256_rfc7677.json" with { type: "json" };
import { randomBytes, toHex } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { ScramClient, type ScramClientOptions } from "./scram_client.ts";
import { deriveScramKeys, type ScramVerifier } from "./scram_keys.ts";
import { parseClientFirst } from "./scram_messages.ts";
import type { ScramHash } from "./scram_proof.ts";
import { ScramServer } from "./scram_server.ts";

const BOUNDS = { min: 1_000, max: 100_000 };
const NODE: ScramHash = {
  hash: (data) => createHash("sha256").update(data).digest(),
  hmac: (key, data) => createHmac("sha256", key).update(data).digest(),
};

async function verifierOf(password: string, iterations = 4_096): Promise<ScramVerifier> {
  const salt = randomBytes(16);
  const { storedKey, serverKey } = await deriveScramKeys(password, { salt, iterations });
  return { salt, iterations, storedKey, serverKey };
}

function clientOf(password: string, options: Partial<ScramClientOptions> = {}): ScramClient {
  return new ScramClient({
    name: "",
    iterations: BOUNDS,
    keys: (given) => deriveScramKeys(password, given),
    ...options,
  });
}

function serverOf(verifier: ScramVerifier, first: string): ScramServer {
  return new ScramServer(parseClientFirst(first), { verifier, nonce: "server", hash: NODE });
}

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
  return "none";
};

Deno.test("SCRAM-SHA-256 is that of RFC 7677, both sides", async () => {
  const nonce = parseClientFirst(rfc7677.client_first).nonce;
  const client = clientOf(rfc7677.password, { name: rfc7677.username, nonce });
  assert.equal(client.first, rfc7677.client_first);
  assert.equal(await client.final(rfc7677.server_first), rfc7677.client_final);
  client.verify(rfc7677.server_final);

  const salt = Uint8Array.from(atob("W22ZaJ0SNY7soEsUEjb6gQ=="), (char) => char.charCodeAt(0));
  const keys = await deriveScramKeys(rfc7677.password, { salt, iterations: 4_096 });
  const server = new ScramServer(parseClientFirst(rfc7677.client_first), {
    verifier: { salt, iterations: 4_096, ...keys },
    nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    hash: NODE,
  });
  assert.equal(server.first, rfc7677.server_first);
  assert.equal(server.check(rfc7677.client_final), rfc7677.server_final);
});

Deno.test("deriveScramKeys() derives what the platform's PBKDF2 and HMAC do", async () => {
  const salt = randomBytes(20);
  const keys = await deriveScramKeys("p\u00e4ssw\u00f6rd \u{1f511}", { salt, iterations: 3_000 });
  const salted = pbkdf2Sync("p\u00e4ssw\u00f6rd \u{1f511}", salt, 3_000, 32, "sha256");
  const clientKey = NODE.hmac(salted, new TextEncoder().encode("Client Key"));
  assert.equal(toHex(keys.clientKey), toHex(clientKey));
  assert.equal(toHex(keys.storedKey), toHex(NODE.hash(clientKey)));
  assert.equal(toHex(keys.serverKey), toHex(NODE.hmac(salted, new TextEncoder().encode("Server Key"))));
});

Deno.test("a SCRAM server takes the right password and no other, and no proof of another login", async () => {
  const verifier = await verifierOf("right");
  const good = clientOf("right");
  const server = serverOf(verifier, good.first);
  const final = await good.final(server.first);
  good.verify(server.check(final) ?? "");

  const bad = clientOf("wrong");
  const other = serverOf(verifier, bad.first);
  assert.equal(other.check(await bad.final(other.first)), undefined);
  assert.equal(other.check(final), undefined, "a proof replayed");
});

Deno.test("a SCRAM client derives nothing outside its bounds of iterations, nor for a foreign nonce", async () => {
  let derived = 0;
  const client = clientOf("secret", {
    nonce: "mine",
    keys: (given) => {
      derived++;
      return deriveScramKeys("secret", given);
    },
  });
  for (const iterations of [1, 999, 100_001, 9_999_999_999]) {
    assert.equal(await codeOf(() => client.final(`r=minemore,s=AAAA,i=${iterations}`)), "limit");
  }
  for (const nonce of ["mine", "min", "other", "Minemore"]) {
    assert.equal(await codeOf(() => client.final(`r=${nonce},s=AAAA,i=4096`)), "decode");
  }
  assert.equal(derived, 0);
});

Deno.test("a SCRAM client believes only the server's signature, once", async () => {
  const verifier = await verifierOf("secret");
  for (const lie of [`v=${btoa("\0".repeat(32))}`, "e=other-error"]) {
    const client = clientOf("secret");
    assert.equal(await codeOf(() => client.verify(lie)), "bad_signature", "before any proof");
    await client.final(serverOf(verifier, client.first).first);
    assert.equal(await codeOf(() => client.verify(lie)), "bad_signature");
  }
  const client = clientOf("secret");
  const server = serverOf(verifier, client.first);
  const signed = server.check(await client.final(server.first)) ?? "";
  assert.equal(await codeOf(() => client.verify("")), "decode");
  client.verify(signed);
  assert.equal(await codeOf(() => client.verify(signed)), "bad_signature");
});

Deno.test("a SCRAM login wipes the keys that it is given", async () => {
  const keys = await deriveScramKeys("secret", { salt: new Uint8Array(3), iterations: 4_096 });
  const client = clientOf("secret", { nonce: "mine", keys: () => Promise.resolve(keys) });
  await client.final("r=minemore,s=AAAA,i=4096");
  for (const key of Object.values(keys)) assert.deepEqual(key, new Uint8Array(32));
});
