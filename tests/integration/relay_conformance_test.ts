/** What a relay does over real sockets, whatever carries them: one suite for both listeners. */
import assert from "node:assert/strict";
import { openRelay, type OpenRelayOptions, type RunningRelay } from "../../relay/mod.ts";
import { CloseCode, type Limits } from "../../wire/mod.ts";
import { doorId } from "../relay_helpers.ts";
import { roomOf, SocketClient } from "../relay_sockets.ts";

const LISTENERS = ["deno", "node"] as const;

function conformance(
  name: string,
  run: (relay: RunningRelay) => Promise<void>,
  limits: Partial<Limits> = {},
): void {
  for (const listener of LISTENERS) {
    Deno.test(`${listener} listener: ${name}`, async () => {
      const options: OpenRelayOptions = { port: 0, listener, limits };
      const relay = await openRelay(options);
      try {
        await run(relay);
      } finally {
        await relay.close();
      }
    });
  }
}

async function closeAll(clients: readonly SocketClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}

conformance("members talk in one order, own frames acknowledged", async ({ url }) => {
  const members = await roomOf(url, 3, 1);
  const [alice, bob, carol] = members;
  assert.ok(alice && bob && carol);
  alice.say(1, new Uint8Array([1]));
  assert.deepEqual(await alice.next("ack"), { type: "ack", sendId: 1, seq: 1 });
  bob.say(1, new Uint8Array([2]));
  for (const [seq, from, byte] of [[1, 1, 1], [2, 2, 2]] as const) {
    assert.deepEqual({ ...await carol.next("deliver") }, {
      type: "deliver",
      seq,
      from,
      payload: new Uint8Array([byte]),
    });
  }
  assert.equal((await alice.next("deliver")).from, 2);
  await closeAll(members);
});

conformance("payloads arrive byte by byte, from none to maxPayload", async ({ url }) => {
  const members = await roomOf(url, 2, 1);
  const [alice, bob] = members;
  assert.ok(alice && bob);
  let sendId = 0;
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 1_048_576]) {
    const payload = new Uint8Array(size);
    for (let i = 0; i < size; i++) payload[i] = i * 31 + (i >> 8);
    alice.say(++sendId, payload);
    assert.deepEqual((await bob.next("deliver")).payload, payload);
    await alice.next("ack");
  }
  await closeAll(members);
});

conformance("bursts that overlap do not overwrite one another", async ({ url }) => {
  const members = await roomOf(url, 4, 1);
  const count = 400;
  for (const [author, member] of members.entries()) {
    for (let i = 1; i <= count; i++) {
      const payload = new Uint8Array(40 + (i % 7) * 300).fill(author * 50 + (i % 50));
      new DataView(payload.buffer).setUint32(0, i);
      member.say(i, payload);
    }
  }
  await Promise.all(members.map(async (member, me) => {
    const next = [1, 1, 1, 1];
    let lastSeq = 0;
    for (let left = 3 * count, acked = 0; left > 0 || acked < count;) {
      const frame = await member.any();
      if (frame.type === "ack") {
        acked = frame.sendId;
        continue;
      }
      assert.ok(frame.type === "deliver" && frame.seq > lastSeq);
      lastSeq = frame.seq;
      const author = frame.from - 1;
      const i = next[author] as number;
      assert.notEqual(author, me);
      assert.equal(new DataView(frame.payload.slice().buffer).getUint32(0), i);
      assert.equal(frame.payload.length, 40 + (i % 7) * 300);
      assert.ok(frame.payload.subarray(4).every((byte) => byte === author * 50 + (i % 50)));
      next[author] = i + 1;
      left--;
    }
  }));
  await closeAll(members);
}, { rateCount: 10_000 });

conformance(
  "a knocker reaches a member by table, is let in, and a lost member resumes",
  async ({ url, relay }) => {
    const [alice, bob] = await roomOf(url, 2, 1);
    const knocker = await SocketClient.open(url);
    assert.ok(alice && bob);
    const { peerId, member } = await knocker.join(1, "mustExist");
    assert.equal(member, false);
    const part = { peerId: 1, bytes: new Uint8Array([2]) };
    knocker.send({
      type: "send_table",
      sendId: 1,
      droppable: false,
      common: new Uint8Array([1]),
      parts: [part],
    });
    assert.deepEqual((await alice.next("deliver")).payload, new Uint8Array([1, 2]));
    await knocker.next("ack");
    alice.send({ type: "admit", peerId });
    await knocker.next("admitted");
    await bob.next("peer_in");
    await alice.next("peer_in");
    await bob.close();
    assert.equal((await alice.next("peer_out")).reason, "lost");
    alice.say(1, new Uint8Array([7]));
    await alice.next("ack");
    const back = await SocketClient.open(url);
    assert.ok(bob.joined);
    back.send({ type: "resume", token: bob.joined.token, roomEpoch: bob.joined.roomEpoch, lastSeq: 0 });
    const resumed = await back.next("joined");
    assert.deepEqual([resumed.peerId, resumed.complete, resumed.peers], [2, true, [1, 3]]);
    assert.equal((await back.next("deliver")).seq, 1);
    assert.equal((await alice.next("peer_in")).peerId, 2);
    assert.equal(relay.stats().members, 3);
    await closeAll([alice, knocker, back]);
  },
);

conformance("a newer connection supersedes the older one with its own close code", async ({ url }) => {
  const [alice] = await roomOf(url, 1, 1);
  assert.ok(alice?.joined);
  const back = await SocketClient.open(url);
  back.send({ type: "resume", token: alice.joined.token, roomEpoch: alice.joined.roomEpoch, lastSeq: 0 });
  assert.equal((await alice.next("bye")).code, CloseCode.superseded);
  assert.equal(await alice.closed, CloseCode.superseded);
  await back.next("joined");
  await back.close();
});

conformance("a 10 MB message closes its connection alone", async ({ url }) => {
  const members = await roomOf(url, 2, 1);
  const [alice, bob] = members;
  assert.ok(alice && bob);
  alice.raw(new Uint8Array(10 << 20));
  const code = await alice.closed;
  assert.ok(code === CloseCode.tooLarge || code === 1009, `${code}`); // `ws` refuses it before it is read
  assert.equal((await bob.next("peer_out")).peerId, 1);
  bob.say(1, new Uint8Array([1]));
  await bob.next("ack");
  await bob.close();
});

conformance("malformed input of any kind closes its connection alone", async ({ url }) => {
  const [alice] = await roomOf(url, 1, 1);
  assert.ok(alice);
  for (
    const wrong of ["text", new Uint8Array(0), new Uint8Array([1, 2, 3]), new Uint8Array([0, 0, 0, 1, 0xff])]
  ) {
    const client = await SocketClient.open(url);
    client.raw(wrong);
    assert.equal((await client.next("error")).code, 1002);
    assert.equal(await client.closed, CloseCode.malformed);
  }
  alice.send({ type: "ping", opaque: 5 });
  assert.equal((await alice.next("pong")).opaque, 5);
  await alice.close();
});

conformance("another version of the protocol is told and closed", async ({ url }) => {
  const client = await SocketClient.connect(url);
  client.send({ type: "hello", version: 2, auth: new Uint8Array(0) });
  assert.equal((await client.next("error")).code, 1001);
  assert.equal(await client.closed, CloseCode.version);
});

conformance("who does not say hello, or falls silent, is closed", async ({ url }) => {
  const [mute, silent] = [await SocketClient.connect(url), await SocketClient.open(url)];
  const talker = await SocketClient.open(url);
  let talking = true;
  const talk = (async () => {
    while (talking) {
      talker.send({ type: "ping", opaque: 1 });
      await talker.next("pong");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  assert.equal(await mute.closed, CloseCode.deadline);
  assert.equal(await silent.closed, CloseCode.deadline);
  talking = false;
  await talk;
  talker.send({ type: "ping", opaque: 2 });
  await talker.next("pong");
  await talker.close();
}, { helloTimeoutMs: 2_500, heartbeatTimeoutMs: 3_000 });

conformance("300 clients of one address come in quickly", async ({ url, relay }) => {
  const clients = await Promise.all(Array.from({ length: 300 }, () => SocketClient.open(url)));
  const founded = clients.slice(0, 100).map((client, i) => client.join(i));
  assert.equal((await Promise.all(founded)).every((joined) => joined.created), true);
  assert.equal(relay.stats().connections, 300);
  await closeAll(clients);
});

conformance("closing says goodbye to everybody", async (relay) => {
  const members = await roomOf(relay.url, 3, 1);
  const closed = relay.close();
  for (const member of members) {
    assert.equal((await member.next("bye")).code, CloseCode.relayClosing);
    assert.equal(await member.closed, CloseCode.relayClosing);
  }
  await closed;
  await assert.rejects(SocketClient.connect(relay.url));
});

conformance("plain HTTP is answered", async ({ port }) => {
  const base = `http://127.0.0.1:${port}`;
  const ask = async (path: string, init: RequestInit = {}): Promise<[number, string]> => {
    const response = await fetch(`${base}${path}`, init);
    return [response.status, await response.text()];
  };
  assert.equal((await ask("/health"))[0], 200);
  assert.equal((await ask("/"))[0], 200);
  assert.equal((await ask("/nothing"))[0], 404);
  assert.equal((await ask("/ws"))[0], 426);
  assert.equal((await ask("/health", { method: "POST" }))[0], 405);
  assert.deepEqual(await ask("/health", { method: "HEAD" }), [200, ""]);
});

conformance("a WebSocket without our subprotocol gets 400 and a sentence", async ({ port }) => {
  for (const protocol of ["", "Sec-WebSocket-Protocol: chat\r\n"]) {
    const answer = await rawHttp(
      port,
      "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${protocol}\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /subprotocol must be sotto\.v1\./);
  }
});

conformance("what is not HTTP does not disturb it", async ({ port, url }) => {
  const connection = await Deno.connect({ port });
  await connection.write(crypto.getRandomValues(new Uint8Array(2_000)));
  connection.close();
  const client = await SocketClient.open(url);
  await client.close();
});

conformance(
  "a reader that does not read is cut off, and the others are not delayed",
  async ({ port, url, relay }) => {
    const members = await roomOf(url, 2, 1);
    const [alice, bob] = members;
    assert.ok(alice && bob);
    const stalled = await stalledMember(port, alice, doorId(1), 3);
    await bob.next("peer_in");
    const payload = new Uint8Array(500_000);
    for (let sendId = 1, gone = false; !gone; sendId++) {
      assert.ok(sendId < 200, "the stalled reader was never cut off");
      alice.say(sendId, payload);
      for (let read = false; !read;) {
        const frame = await bob.any();
        if (frame.type === "deliver") read = true;
        else gone ||= frame.type === "peer_out" && frame.peerId === 3;
      }
    }
    assert.equal(relay.stats().members, 3, "its place stays for the resume window");
    stalled.close();
    await closeAll(members);
  },
  { rateCount: 100_000, maxBuffered: 2_000_000 },
);

conformance("closing does not wait for who does not hang up", async ({ port, url, close }) => {
  const [alice] = await roomOf(url, 1, 1);
  assert.ok(alice);
  const stalled = await stalledMember(port, alice, doorId(1), 2);
  const started = performance.now();
  await close();
  assert.ok(performance.now() - started < 20_000); // whoever does not hang up never would
  assert.equal((await alice.next("bye")).code, CloseCode.relayClosing);
  await alice.closed;
  stalled.close();
});

/** A member, by a TCP connection that is never read again once it is in. */
async function stalledMember(
  port: number,
  by: SocketClient,
  door: Uint8Array,
  peerId: number,
): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ port });
  const head = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Protocol: sotto.v1\r\n\r\n";
  const batch = [0, 0, 0, 4, 1, 1, 0, 0, 0, 0, 0, 18, 2, ...door, 0];
  const frame = new Uint8Array([0x82, 0x80 | batch.length, 0, 0, 0, 0, ...batch]);
  await connection.write(new TextEncoder().encode(head));
  await readUntil(connection, (text) => text.endsWith("\r\n\r\n"));
  await connection.write(frame);
  await readUntil(connection, (_, length) => length >= 120); // welcome and joined
  by.send({ type: "admit", peerId });
  await by.next("peer_in");
  return connection;
}

async function readUntil(
  connection: Deno.TcpConn,
  done: (text: string, length: number) => boolean,
): Promise<string> {
  const buffer = new Uint8Array(4_096);
  let text = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return text;
    text += String.fromCharCode(...buffer.subarray(0, count));
    if (done(text, text.length)) return text;
  }
}

async function rawHttp(port: number, request: string): Promise<string> {
  const connection = await Deno.connect({ port });
  try {
    await connection.write(new TextEncoder().encode(request));
    return await readUntil(connection, (text) => text.endsWith("}\n"));
  } finally {
    connection.close();
  }
}

Deno.test("node listener: half-sent headers are timed out", async () => {
  const relay = await openRelay({ port: 0, listener: "node", limits: { helloTimeoutMs: 1_000 } });
  const connection = await Deno.connect({ port: relay.port });
  await connection.write(new TextEncoder().encode("GET /ws HTTP/1.1\r\nHost: x\r\n"));
  const answer = await readUntil(connection, () => false);
  assert.match(answer, /^HTTP\/1\.1 408 |^$/);
  connection.close();
  await relay.close();
});

for (const listener of LISTENERS) {
  Deno.test(`${listener} listener: a port in use is the system's error`, async () => {
    const first = await openRelay({ port: 0, listener });
    await assert.rejects(
      openRelay({ port: first.port, listener }),
      (error: unknown) =>
        error instanceof Deno.errors.AddrInUse || (error as { code?: string }).code === "EADDRINUSE",
    );
    await first.close();
  });

  Deno.test(`${listener} listener: an aborted signal closes the relay`, async () => {
    const abort = new AbortController();
    const relay = await openRelay({ port: 0, listener, signal: abort.signal });
    const client = await SocketClient.open(relay.url);
    abort.abort();
    assert.equal(await client.closed, CloseCode.relayClosing);
    await relay.close();
    await assert.rejects(openRelay({ port: 0, listener, signal: abort.signal }), { name: "AbortError" });
  });
}
