import assert from "node:assert/strict";
import { encodeCbor } from "../crypto/cbor.ts";
import { CryptoError } from "../crypto/errors.ts";
import { decodePack, type Pack } from "../crypto/pack.ts";
import { adding, Author } from "../tests/client_helpers.ts";
import type { Body } from "./bodies.ts";
import { readStatement, verifyStatement } from "./reading_statements.ts";
import { MAX_ABOUT, MAX_KEYS, MAX_STATEMENTS, MAX_VOID, StatementLog } from "./statement_log.ts";
import { VerifierCache } from "./verifier_cache.ts";
import { NO_ROOM, readWelcomePacks } from "./welcome_packs.ts";
import type { Statement } from "./room_state.ts";

const refused = (why: RegExp) => (error: unknown): boolean =>
  error instanceof CryptoError && error.code === "bad_signature" && why.test(error.message);

/** A room that Ada has founded and Bob has been let into. */
async function founded(): Promise<{ ada: Author; bob: Author; roomId: Uint8Array; packs: Pack[] }> {
  const [ada, bob] = await Promise.all([Author.create("ada"), Author.create("bob")]);
  const { pack, roomId } = await ada.founds();
  return { ada, bob, roomId, packs: [pack, await ada.says(roomId, adding(bob))] };
}

function read(packs: Pack[], roomId: Uint8Array): Promise<StatementLog> {
  return readWelcomePacks(packs.map(({ encoded }) => encoded), roomId, new VerifierCache());
}

/** A pack with one bit of its signature changed. */
function unsigned({ author, contents, signature }: Pack): Pack {
  const changed = signature.slice();
  changed[9] = (changed[9] ?? 0) ^ 1;
  return decodePack(encodeCbor([author, contents.map(({ bytes }) => bytes), changed]));
}

Deno.test("readWelcomePacks() gives the room that the packs make", async () => {
  const { ada, bob, roomId, packs } = await founded();
  const log = await read(
    [...packs, await bob.says(roomId, { kind: "nick", nick: "Bobby" }, { lamport: 3 })],
    roomId,
  );
  assert.equal(log.state.founder, ada.id);
  assert.equal(log.state.members.get(bob.id)?.nick, "Bobby");
  assert.deepEqual(log.lamports(), [1, 2, 3]);
  assert.equal(log.packs().length, 3);
  assert.deepEqual(log.foundHash.slice(0, 16), roomId);
});

Deno.test("readWelcomePacks() refuses a FOUND of another room, one that is not signed, and what is none", async () => {
  const { ada, bob, roomId, packs } = await founded();
  const [found, add] = packs;
  assert.ok(found && add);
  await assert.rejects(read(packs, new Uint8Array(16)), refused(/not this room's/));
  await assert.rejects(read([add, found], roomId), refused(/not this room's/));
  await assert.rejects(read([unsigned(found), add], roomId), refused(/founding statement does not verify/));
  const topic = await ada.says(NO_ROOM, { kind: "topic", topic: "x" }, { number: 1 });
  const other = topic.contents[0]?.hash.slice(0, 16) ?? roomId;
  await assert.rejects(read([topic], other), refused(/founding statement does not verify/));
  const body = { kind: "found", bundle: bob.bundle.encoded, limit: null, topic: "", nonce: roomId } as const;
  const stolen = await ada.says(NO_ROOM, { ...body, nonce: new Uint8Array(16) }, { number: 1 });
  const theirs = stolen.contents[0]?.hash.slice(0, 16) ?? roomId;
  await assert.rejects(read([stolen], theirs), refused(/founding statement does not verify/));
});

Deno.test("readWelcomePacks() refuses a whole welcome for one statement that does not verify", async () => {
  const { ada, bob, roomId, packs } = await founded();
  const [found, add] = packs;
  assert.ok(found && add);
  const why = /one of its statements does not verify/;
  await assert.rejects(read([found, unsigned(add)], roomId), refused(why));
  const elsewhere = await ada.says(new Uint8Array(16).fill(3), { kind: "lock", locked: true });
  await assert.rejects(read([...packs, elsewhere], roomId), refused(why));
  const carol = await Author.create("carol");
  const unknown = await carol.says(roomId, { kind: "lock", locked: true });
  await assert.rejects(read([...packs, unknown], roomId), refused(why), "nobody knows its author's key");
  const text = await ada.says(roomId, { kind: "text", text: "no statement" });
  await assert.rejects(read([...packs, text], roomId), refused(why));
  const two = await bob.pack(
    roomId,
    bob.content({ kind: "text", text: "one" }),
    bob.content({ kind: "text", text: "two" }),
  );
  await assert.rejects(read([...packs, two], roomId), refused(why));
});

Deno.test("readWelcomePacks() refuses a bundle that its owner did not sign, or that is not its author's", async () => {
  const { ada, bob, roomId, packs } = await founded();
  const why = /one of its statements does not verify/;
  const carol = await Author.create("carol");
  const forged = carol.bundle.encoded.slice();
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  const add = await ada.says(roomId, { kind: "add", bundle: forged, doorId: new Uint8Array(16), attempt: 0 });
  await assert.rejects(read([...packs, add], roomId), refused(why));
  const keys = await bob.says(roomId, { kind: "keys", bundle: carol.bundle.encoded });
  await assert.rejects(read([...packs, keys], roomId), refused(why));
});

Deno.test("verifyStatement() takes no content that is no statement, nor a body that does not decode", async () => {
  const { ada, roomId } = await founded();
  const item = async (pack: Promise<Pack>) => (await pack).contents[0] ?? assert.fail("an empty pack");
  assert.equal(
    await verifyStatement(ada.id, await item(ada.says(roomId, { kind: "text", text: "x" }))),
    null,
  );
  const bad = await item(ada.says(roomId, { kind: "topic", topic: "x".repeat(2_000) }));
  assert.equal(readStatement(ada.id, bad), null);
  assert.equal(await verifyStatement(ada.id, bad), null);
  const nobundle = { kind: "keys", bundle: new Uint8Array(9) } as const;
  assert.equal(await verifyStatement(ada.id, await item(ada.says(roomId, nobundle))), null);
});

Deno.test("StatementLog keeps 20,000 statements, and of an author's KEYS the last alone", () => {
  const author = "aa".repeat(16);
  let serial = 0;
  const statement = (number: number, body: Statement["body"], hash = ++serial): Statement => {
    return { author, number, lamport: number, hash: `${hash}`.padStart(64, "0"), body, bundle: null };
  };
  const topic = { kind: "topic", topic: "x" } as const;
  const keys = { kind: "keys", bundle: new Uint8Array(0) } as const;
  const bytes = new Uint8Array(0);
  const found = { kind: "found", bundle: bytes, limit: null, topic: "", nonce: bytes } as const;
  const log = new StatementLog(statement(1, found, 999_999), bytes);
  assert.equal(log.add(statement(1, found, 999_999), bytes), false);
  assert.equal(log.add(statement(2, topic, 500_000), bytes), true);
  assert.equal(log.add(statement(2, topic, 500_001), bytes), false, "the smaller hash counts");
  assert.equal(log.add(statement(2, topic, 400_000), bytes), true);
  for (let n = 3; n <= MAX_STATEMENTS + 1; n++) assert.equal(log.add(statement(n, topic), bytes), true);
  assert.equal(log.add(statement(MAX_STATEMENTS + 2, topic), bytes), false);
  for (let n = 1; n <= 9; n++) assert.equal(log.add(statement(MAX_STATEMENTS + 2 + n, keys), bytes), true);
  assert.equal(log.add(statement(MAX_STATEMENTS + 3, keys), bytes), false, "older");
  assert.equal(log.packs().length, 1 + MAX_STATEMENTS + 1);
});

Deno.test("StatementLog keeps the KEYS of 4,096, and beyond that those of members alone", async () => {
  const { ada, bob, roomId, packs } = await founded();
  const log = await read(packs, roomId);
  const nobody = (i: number): Statement => ({
    author: i.toString(16).padStart(32, "0"),
    number: 1,
    lamport: 9,
    hash: i.toString(16).padStart(64, "0"),
    body: { kind: "keys", bundle: new Uint8Array(0) },
    bundle: null,
  });
  const bytes = new Uint8Array(0);
  for (let i = 0; i < MAX_KEYS; i++) assert.equal(log.add(nobody(i), bytes), true);
  assert.equal(log.add(nobody(MAX_KEYS), bytes), false);
  assert.equal(log.add({ ...nobody(7), number: 2 }, bytes), true, "newer ones of somebody whose are here");
  const keys: Body = { kind: "keys", bundle: bob.bundle.encoded };
  const his = await bob.says(roomId, keys, { lamport: 3 });
  const statement = await verifyStatement(bob.id, his.contents[0] ?? assert.fail("an empty pack"));
  assert.equal(log.add(statement ?? assert.fail("no statement"), his.encoded), true, "bob is in the room");
  assert.deepEqual(log.keysOf(bob.id), his.encoded);
  ada.dispose();
  bob.dispose();
});

Deno.test("StatementLog tells of 256 that somebody let in who was not allowed to, and who put that one out", async () => {
  const { ada, bob, roomId, packs } = await founded();
  const log = await read(packs, roomId);
  const carol = await Author.create("carol");
  const read1 = async (pack: Pack, author: Author): Promise<Statement> =>
    await verifyStatement(author.id, pack.contents[0] ?? assert.fail("an empty pack")) ?? assert.fail();
  const remove = await ada.says(roomId, { kind: "remove", target: bob.id, cut: 0 });
  assert.equal(log.add(await read1(remove, ada), remove.encoded), true);
  const add = await read1(await bob.says(roomId, adding(carol)), bob);
  assert.deepEqual([log.isVoid(carol.id), log.isVoid(bob.id), log.noteVoid(add)], [false, false, true]);
  assert.deepEqual([log.isVoid(carol.id), log.noteVoid(add)], [true, false]);
  assert.deepEqual(log.about(carol.id), [remove.encoded]);
  assert.deepEqual(log.bundleOf(carol.id)?.fingerprint, carol.bundle.fingerprint);
  const { bundle } = add;
  assert.ok(bundle !== null);
  let noted = 1;
  for (let i = 0; i < MAX_VOID; i++) {
    const memberId = new Uint8Array(16).fill(200);
    new DataView(memberId.buffer).setUint32(0, i);
    if (log.noteVoid({ ...add, bundle: { ...bundle, memberId } })) noted++;
  }
  assert.equal(noted, MAX_VOID);
});

Deno.test("StatementLog.voids(): the removal of whoever let one in, or a lock before that, and nothing else", async () => {
  const { ada, bob, roomId, packs } = await founded();
  const carol = await Author.create("carol");
  const add = await bob.says(roomId, adding(carol), { lamport: 9 });
  const log = await read([...packs, add], roomId);
  const voids = async (body: Statement["body"], lamport: number): Promise<boolean> => {
    const pack = await ada.says(roomId, body, { number: 90, lamport });
    const statement = await verifyStatement(ada.id, pack.contents[0] ?? assert.fail("an empty pack"));
    return log.voids(statement ?? assert.fail(), carol.id);
  };
  const number = add.contents[0]?.content.number ?? 0;
  assert.equal(await voids({ kind: "remove", target: bob.id, cut: number - 1 }, 12), true);
  assert.equal(await voids({ kind: "remove", target: bob.id, cut: number }, 12), false);
  assert.equal(await voids({ kind: "remove", target: carol.id, cut: 0 }, 12), false, "that puts out itself");
  assert.equal(await voids({ kind: "lock", locked: true }, 8), true);
  assert.equal(await voids({ kind: "lock", locked: true }, 12), false);
  assert.equal(await voids({ kind: "topic", topic: "x" }, 8), false);
});

Deno.test("StatementLog.about() gives the last 16 removals of a member, however many there are", async () => {
  const { ada, bob, roomId, packs } = await founded();
  const log = await read(packs, roomId);
  const removals: Uint8Array[] = [];
  for (let i = 0; i < MAX_ABOUT + 4; i++) {
    const pack = await ada.says(roomId, { kind: "remove", target: bob.id, cut: 0 });
    const statement = await verifyStatement(ada.id, pack.contents[0] ?? assert.fail("an empty pack"));
    assert.ok(statement !== null && log.add(statement, pack.encoded));
    removals.push(pack.encoded);
  }
  assert.deepEqual(log.about(bob.id), removals.slice(-MAX_ABOUT));
});
