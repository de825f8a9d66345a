/** Relays and members that want files that are not theirs, or others to have files that nobody offered. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { type FilePart, openFilePart, sealFileAsk, sealFilePart } from "../../client/file_frames.ts";
import { FILES } from "../../client/file_info.ts";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { type Bytes, toHex } from "../../crypto/bytes.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { contentHash, ContentKind, encodeContent } from "../../crypto/content.ts";
import { sha256 } from "../../crypto/hash.ts";
import { bytesOfLength, MemorySink, MemorySource } from "../files.ts";
import { type Person, until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";
import { changing } from "./hostile_relay.ts";
import { until as untilOnStage, withStage } from "./room_helpers.ts";

const LENGTH = 2 * FILES.partBytes + 5;

interface Offerer {
  room: Person["room"];
  of: Person["of"];
}

async function offer(who: Offerer, source: MemorySource, to?: string): Promise<string> {
  const before = who.of("offered").length;
  await who.room.run({ command: "file", source, ...(to === undefined ? {} : { to }) });
  return who.of("offered")[before]?.id ?? "";
}

/** All parts that a member was given, opened. */
async function partsFor(person: Person): Promise<FilePart[]> {
  const { roomId: room, keys, verifiers } = person.room.parts;
  const opener = { room, me: person.id, keys, verifier: (id: string) => verifiers.get(id) };
  return await Promise.all(person.payloads(PayloadKind.filePart).map((bytes) => openFilePart(bytes, opener)));
}

function ask(hostile: Hostile, to: Person, of: { number: number; sha256: string }): Promise<Bytes> {
  const { identity } = hostile.person.room.parts;
  const sealer = { room: hostile.room, identity, to: to.room.parts.keys.current.bundle };
  return sealFileAsk({ ...of, from: 0, count: FILES.window }, sealer);
}

const numberOf = (id: string): number => Number(id.split("-")[1]);

Deno.test("a relay cannot change a part of a file, nor make it whole by repeating parts", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    const bytes = bytesOfLength(LENGTH);
    let changed = 0;
    bob.victim.toClient = (frame) => {
      if (frame.type !== "deliver" || payloadKind(frame.payload) !== PayloadKind.filePart) return frame;
      const copies = [20, 60, 90, Math.floor(frame.payload.length / 2), frame.payload.length - 1].map(
        (at) => {
          changed++;
          return { ...frame, payload: frame.payload.with(at, (frame.payload[at] ?? 0) ^ 1) };
        },
      );
      return [...copies, frame, frame];
    };
    const id = await offer(alice, new MemorySource("plan", bytes));
    await untilOnStage("bob is told", () => bob.of("message").some((event) => event.id === id));
    const sink = new MemorySink();
    await bob.room.run({ command: "save", id, sink });
    await untilOnStage("bob has it", () => sink.state === "done");
    deepEqual(sink.bytes, bytes);
    ok(changed >= 15);
    ok(bob.notices.includes("tampered"), "bob is told");
  }));

Deno.test("a relay that drops every third part only delays a file", () =>
  withStage(async (stage) => {
    const [alice, bob] = await stage.party("alice", "bob");
    ok(alice && bob);
    let seen = 0;
    bob.victim.toClient = changing(PayloadKind.filePart, (payload) => ++seen % 3 === 0 ? null : payload);
    const bytes = bytesOfLength(5 * LENGTH);
    const id = await offer(alice, new MemorySource("plan", bytes));
    await untilOnStage("bob is told", () => bob.of("message").some((event) => event.id === id));
    const sink = new MemorySink();
    await bob.room.run({ command: "save", id, sink });
    await stage.untilInTime("bob has it", () => sink.state === "done");
    deepEqual(sink.bytes, bytes);
  }));

Deno.test("a member cannot have a file that was offered to another, whatever number it asks for", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const bytes = bytesOfLength(LENGTH);
    const id = await offer(alice, new MemorySource("secret", bytes), "bob");
    await until("bob is told", () => bob.of("message").some((event) => event.id === id));
    // Even one that has guessed what is in it.
    const known = { number: numberOf(id), sha256: toHex(sha256(bytes)) };
    for (const  of of[known, { ...known, sha256: "00".repeat(32) }, { ...known, number: 99 }]) {
      hostile.send(await ask(hostile, alice, of), alice);
    }
    await until("all are answered", () => mallory.payloads(PayloadKind.filePart).length === 3);
    deepEqual((await partsFor(mallory)).map((part) => part.bytes), [null, null, null]);
  }));

Deno.test("a member that was put out is given nothing of what it was offered", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    hostile.clings();
    const bytes = bytesOfLength(LENGTH);
    const id = await offer(alice, new MemorySource("plan", bytes));
    await until("mallory is told", () => mallory.of("message").some((event) => event.id === id));
    const of = { number: numberOf(id), sha256: toHex(sha256(bytes)) };
    hostile.send(await ask(hostile, alice, of), alice);
    await until("members are given it", () => mallory.payloads(PayloadKind.filePart).length === 3);
    await alice.room.run({ command: "kick", member: "mallory" });
    await until("bob knows", () => bob.knows(mallory)?.status === "removed");
    hostile.send(await ask(hostile, alice, of), alice);
    await hostile.readBy(alice);
    equal(mallory.payloads(PayloadKind.filePart).length, 3);
  }));

Deno.test("a member cannot put its own bytes into a file that another offers", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const bytes = bytesOfLength(LENGTH);
    const source = new MemorySource("plan", bytes);
    const id = await offer(alice, source);
    await until("bob is told", () => bob.of("message").some((event) => event.id === id));
    source.stuck = true; // mallory is faster
    const sink = new MemorySink();
    await bob.room.run({ command: "save", id, sink });
    const { identity } = mallory.room.parts;
    const sealer = { room: hostile.room, identity, to: bob.room.parts.keys.current.bundle };
    for (const index of [0, 1, 2]) {
      const part = { number: numberOf(id), index, bytes: new Uint8Array(FILES.partBytes) };
      hostile.send(await sealFilePart(part, sealer), bob);
    }
    await hostile.readBy(bob);
    deepEqual([sink.pieces.length, sink.state], [0, "open"]);
  }));

Deno.test("a member cannot offer a file under a name that leads elsewhere: its offer is not shown", () =>
  withCrowd(async (crowd) => {
    const [alice, mallory] = await crowd.party("alice", "mallory");
    const hostile = new Hostile(mallory);
    for (const name of ["../../.ssh/authorized_keys", "C:\\autoexec.bat", "a\u0000b", "..", ""]) {
      const number = hostile.head.number + 1;
      const content = encodeContent({
        number,
        kind: ContentKind.fileOffer,
        lamport: hostile.head.lamport + 1,
        prevHash: hostile.head.hash,
        deps: [],
        body: encodeCbor([name, 1, new Uint8Array(32)]),
      });
      hostile.head = { number, hash: contentHash(content), lamport: hostile.head.lamport + 1 };
      hostile.send(await hostile.seal(await hostile.pack(content)));
    }
    await hostile.says({ kind: "text", text: "after them" });
    await alice.hears("after them");
    deepEqual(alice.of("message").filter(({ file }) => file !== undefined), []);
  }));

Deno.test("a member that asks without end costs whoever offers a bounded number of parts", () =>
  withCrowd(async (crowd) => {
    const [alice, mallory] = await crowd.party("alice", "mallory");
    const hostile = new Hostile(mallory);
    const source = new MemorySource("plan", bytesOfLength(2 * FILES.burst));
    const id = await offer(alice, source);
    source.reads = 0;
    const { sha256 } = alice.of("offered")[0]?.file ?? { sha256: "" };
    const of = { number: numberOf(id), sha256 };
    const asks = await Promise.all(
      Array.from({ length: FILES.askBurst + 100 }, () => ask(hostile, alice, of)),
    );
    for (const bytes of asks) hostile.send(bytes, alice);
    await hostile.readBy(alice);
    await alice.say("still talking");
    await mallory.hears("still talking");
    const perSecond = FILES.bytesPerSecond / FILES.partBytes;
    ok(source.reads <= FILES.burst / FILES.partBytes + 60 * perSecond, `${source.reads} reads`);
  }));

Deno.test("a member that says again and again that it has a file is told of once", () =>
  withCrowd(async (crowd) => {
    const [alice, mallory] = await crowd.party("alice", "mallory");
    const hostile = new Hostile(mallory);
    const id = await offer(alice, new MemorySource("plan", bytesOfLength(LENGTH)));
    const { sha256 } = alice.of("offered")[0]?.file ?? { sha256: "" };
    const { identity } = mallory.room.parts;
    const sealer = { room: hostile.room, identity, to: alice.room.parts.keys.current.bundle };
    for (let i = 0; i < 40; i++) {
      hostile.send(await sealFileAsk({ number: numberOf(id), sha256, from: 3, count: 0 }, sealer), alice);
    }
    await hostile.readBy(alice);
    equal(alice.of("file_taken").length, 1);
  }));

Deno.test("members that say so much that an offer is forgotten do not keep its owner from withdrawing the file", () =>
  withCrowd(async (crowd) => {
    const [alice, bob] = await crowd.party("alice", "bob");
    const source = new MemorySource("plan", bytesOfLength(LENGTH));
    const id = await offer(alice, source);
    await until("bob is told", () => bob.of("message").some((event) => event.id === id));
    alice.room.speech.history.clear(); // as when 50,000 messages have come since
    await alice.room.run({ command: "cancel", id });
    equal(source.closed, true);
    equal(alice.of("file").at(-1)?.state, "cancelled");
    const sink = new MemorySink();
    await bob.room.run({ command: "save", id, sink });
    await until("bob is told why", () => sink.state === "aborted");
  }));
