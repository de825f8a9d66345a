import assert from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../crypto/bytes.ts";
import { type CborValue, encodeCbor } from "../crypto/cbor.ts";
import { CryptoError } from "../crypto/errors.ts";
import { Verifier } from "../crypto/identity.ts";
import { sealPrivate } from "../crypto/private_seal.ts";
import { Author } from "../tests/client_helpers.ts";
import {
  type FileAsk,
  type FileOpener,
  type FilePart,
  openFileAsk,
  openFilePart,
  partFrameBytes,
  sealFileAsk,
  sealFilePart,
} from "./file_frames.ts";
import { FILES } from "./file_info.ts";
import type { Id } from "./ids.ts";
import { PayloadKind, payloadKind } from "./payload.ts";

const ROOM = new Uint8Array(16).fill(9);
const OTHER_ROOM = new Uint8Array(16).fill(8);
const ADA = await Author.create("ada");
const BOB = await Author.create("bob");
const EVE = await Author.create("eve");

const opener = (who: Author, room = ROOM): FileOpener => ({
  room,
  me: who.id,
  keys: who.keys,
  verifier: (id: Id) => {
    const known = [ADA, BOB, EVE].find((one) => one.id === id);
    return known === undefined ? undefined : Verifier.import(known.bundle.identityKey);
  },
});

const ASK: FileAsk = { number: 12, sha256: "cd".repeat(32), from: 8, count: 4 };
const PART: FilePart = { number: 12, index: 9, bytes: new Uint8Array(FILES.partBytes).fill(3) };

async function code(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof CryptoError, String(error));
    return error.code;
  }
  return "opened";
}

/** A frame of a member's own making. */
async function forged(
  purpose: "file-ask" | "file-part",
  body: CborValue,
  { label = `sotto/v1/${purpose}`, by = ADA, to = BOB }: { label?: string; by?: Author; to?: Author } = {},
): Promise<Uint8Array> {
  const bytes = encodeCbor(body);
  const signature = await by.identity.sign(label, ROOM, by.identity.memberId, to.bundle.memberId, bytes);
  const context = { room: ROOM, sender: by.identity.memberId, purpose };
  const sealed = await sealPrivate(to.bundle, context, encodeCbor([bytes, signature]));
  const kind = purpose === "file-ask" ? PayloadKind.fileAsk : PayloadKind.filePart;
  return concat(Uint8Array.of(1, kind), by.identity.memberId, sealed);
}

Deno.test("sealFileAsk() and openFileAsk() go round, for the one asked alone, and in its room", async () => {
  const sealed = await sealFileAsk(ASK, { room: ROOM, identity: ADA.identity, to: BOB.bundle });
  assert.equal(payloadKind(sealed), PayloadKind.fileAsk);
  assert.deepEqual(await openFileAsk(sealed, opener(BOB)), { ...ASK, by: ADA.id });
  assert.equal(await code(openFileAsk(sealed, opener(EVE))), "open_failed");
  assert.equal(await code(openFileAsk(sealed, opener(BOB, OTHER_ROOM))), "open_failed");
  assert.equal(await code(openFilePart(sealed, opener(BOB))), "open_failed", "nor as a part");
});

Deno.test("sealFilePart() and openFilePart() go round, also for nothing", async () => {
  const sealer = { room: ROOM, identity: ADA.identity, to: BOB.bundle };
  const sealed = await sealFilePart(PART, sealer);
  assert.equal(payloadKind(sealed), PayloadKind.filePart);
  assert.deepEqual(await openFilePart(sealed, opener(BOB)), { ...PART, by: ADA.id });
  const none = { number: 12, index: 0, bytes: null };
  assert.deepEqual(await openFilePart(await sealFilePart(none, sealer), opener(BOB)), {
    ...none,
    by: ADA.id,
  });
});

Deno.test("a part in another's name, or signed for something else, is not opened", async () => {
  const sealed = await sealFilePart(PART, { room: ROOM, identity: ADA.identity, to: BOB.bundle });
  const asEve = concat(sealed.subarray(0, 2), EVE.identity.memberId, sealed.subarray(18));
  assert.equal(await code(openFilePart(asEve, opener(BOB))), "open_failed");
  const asked = await forged("file-part", [12, 9, new Uint8Array(3)], { label: "sotto/v1/file-ask" });
  assert.equal(await code(openFilePart(asked, opener(BOB))), "bad_signature");
  const stranger = await Author.create("stranger");
  const strange = await forged("file-part", [12, 9, new Uint8Array(3)], { by: stranger });
  assert.equal(await code(openFilePart(strange, opener(BOB))), "bad_signature");
});

Deno.test("asks and parts out of bounds are refused", async () => {
  const hash = new Uint8Array(32);
  for (
    const body of [[1, hash, 0, FILES.window + 1], [1, hash, 65_537, 1], [1, new Uint8Array(31), 0, 1], [
      1,
      hash,
      0,
    ], "x"]
  ) {
    assert.equal(
      await code(openFileAsk(await forged("file-ask", body), opener(BOB))),
      "decode",
      String(body),
    );
  }
  for (const body of [[1, 65_537, null], [1, 0, new Uint8Array(FILES.partBytes + 1)], [1, 0, "x"], [1, 0]]) {
    assert.equal(
      await code(openFilePart(await forged("file-part", body), opener(BOB))),
      "decode",
      String(body),
    );
  }
});

Deno.test("openFileAsk() and openFilePart() answer any bytes with an error of their own", async () => {
  const sealed = await sealFilePart(PART, { room: ROOM, identity: ADA.identity, to: BOB.bundle });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(sealed.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, flip, cut) => {
        const bytes = cut ? sealed.slice(0, at) : sealed.with(at, (sealed[at] ?? 0) ^ flip);
        if (!cut && at < 2) return; // version and kind are read by whoever calls
        for (const open of [openFileAsk, openFilePart]) {
          assert.notEqual(
            await code(open(bytes, opener(BOB))),
            "opened",
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("partFrameBytes() says how long the frame of a part is", async () => {
  for (const length of [1, 1_000, FILES.partBytes]) {
    const part = { number: 2 ** 31, index: 65_535, bytes: new Uint8Array(length) };
    const sealed = await sealFilePart(part, { room: ROOM, identity: ADA.identity, to: BOB.bundle });
    assert.ok(sealed.length <= partFrameBytes(length), String(length));
    assert.ok(partFrameBytes(length) < 1.05 * sealed.length, String(length));
  }
});
