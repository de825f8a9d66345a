import assert from "node:assert/strict";
import { type CborValue, encodeCbor } from "../crypto/cbor.ts";
import { sealPrivate } from "../crypto/private_seal.ts";
import { Author } from "../tests/client_helpers.ts";
import { bytesOf } from "./ids.ts";
import { openMessage, type PrivateMessage, sealMessage } from "./private_message.ts";

const ROOM = new Uint8Array(16).fill(9);
const ADA = await Author.create("ada");
const BOB = await Author.create("bob");
const EVE = await Author.create("eve");

const opened = (
  sealed: Uint8Array,
  by = BOB,
  author = ADA,
  room = ROOM,
): Promise<PrivateMessage | undefined> =>
  openMessage(sealed, { room, me: by.id, author: author.id, keys: by.keys });

Deno.test("a private message, also one that offers a file, opens for the one it is for and for nobody else", async () => {
  const file = { name: "plan.pdf", size: 5, sha256: "cd".repeat(32) };
  for (const message of [{ text: "héllo" }, { text: "plan.pdf", file }]) {
    const sealed = await sealMessage(message, { room: ROOM, me: ADA.id, to: BOB });
    assert.deepEqual(await opened(sealed), message);
    assert.equal(await opened(sealed, EVE), undefined);
    assert.equal(await opened(sealed, BOB, EVE), undefined, "nobody else can have said it");
    assert.equal(await opened(sealed, BOB, ADA, new Uint8Array(16)), undefined);
    for (const at of [0, 40, sealed.length - 1]) {
      assert.equal(await opened(sealed.with(at, (sealed[at] ?? 0) ^ 1)), undefined);
    }
  }
});

Deno.test("what is sealed to us and is no message is nothing", async () => {
  const forged = async (body: CborValue): Promise<PrivateMessage | undefined> =>
    await opened(
      await sealPrivate(
        BOB.bundle,
        { room: ROOM, sender: bytesOf(ADA.id), purpose: "message" },
        encodeCbor(body),
      ),
    );
  const me = bytesOf(BOB.id);
  assert.deepEqual(await forged([me, "as it must be", null, "of later versions"]), { text: "as it must be" });
  for (
    const body of [
      "no array",
      [me],
      [bytesOf(EVE.id), "for another"],
      [me, 7],
      [me, "../up", ["../up", 1, new Uint8Array(32)]],
      [me, "x", ["x", 1]],
    ]
  ) assert.equal(await forged(body), undefined);
});
