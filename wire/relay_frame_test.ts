import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { WireError } from "./errors.ts";
import { MAX_LISTED_ROOMS, MAX_PUBLIC_INVITE } from "./limits.ts";
import { decodeRelayFrame, encodeRelayFrame, type RelayFrame } from "./relay_frame.ts";

const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const some = fc.uint8Array({ maxLength: 300 });
const sentence = fc.string({ unit: "grapheme", maxLength: 80 });

function exactly(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

/** Any frame of a relay. */
const relayFrame: fc.Arbitrary<RelayFrame> = fc.oneof(
  fc.record({
    type: fc.constant("welcome" as const),
    version: fc.nat(255),
    maxPayload: u32,
    maxMessage: u32,
    rateCount: u32,
    rateWindowMs: u32,
    heartbeatIntervalMs: u32,
    heartbeatTimeoutMs: u32,
    nonce: exactly(16),
    challenge: some,
  }),
  fc.record({
    type: fc.constant("joined" as const),
    roomEpoch: exactly(16),
    peerId: u32,
    seq: fc.maxSafeNat(),
    member: fc.boolean(),
    created: fc.boolean(),
    complete: fc.boolean(),
    token: exactly(32),
    resumeWindowMs: u32,
    peers: fc.array(u32, { maxLength: 50 }),
  }),
  fc.record({ type: fc.constant("peer_in" as const), peerId: u32 }),
  fc.record({
    type: fc.constant("peer_out" as const),
    peerId: u32,
    reason: fc.constantFrom("left" as const, "lost" as const, "closed" as const),
  }),
  fc.record({ type: fc.constant("deliver" as const), seq: fc.maxSafeNat(), from: u32, payload: some }),
  fc.record({ type: fc.constant("ack" as const), sendId: u32, seq: fc.maxSafeNat() }),
  fc.record({ type: fc.constant("pong" as const), opaque: u32 }),
  fc.record({ type: fc.constant("error" as const), code: u16, sendId: u32, retryAfterMs: u32, sentence }),
  fc.record({ type: fc.constant("bye" as const), code: u16, sentence }),
  fc.record({ type: fc.constant("admitted" as const) }),
  fc.record({ type: fc.constant("auth_step" as const), bytes: some }),
  fc.record({
    type: fc.constant("rooms" as const),
    rooms: fc.array(
      fc.record({
        name: fc.string({ maxLength: 30 }),
        topic: sentence.filter((text) => new TextEncoder().encode(text).length <= 512),
        invite: fc.uint8Array({ maxLength: MAX_PUBLIC_INVITE }),
        members: u32,
      }, { noNullPrototype: true }),
      { maxLength: 20 },
    ),
  }),
  fc.record({ type: fc.constant("tell" as const), code: u16, sentence }),
);

function outcome(bytes: Uint8Array): string {
  try {
    decodeRelayFrame(bytes);
    return "value";
  } catch (error) {
    assert.ok(error instanceof WireError, String(error));
    return error.code;
  }
}

Deno.test("decodeRelayFrame() reads what encodeRelayFrame() wrote", () => {
  fc.assert(
    fc.property(relayFrame, (frame) => {
      assert.deepEqual({ ...decodeRelayFrame(encodeRelayFrame(frame)) }, { ...frame });
    }),
    { numRuns: 500 },
  );
});

Deno.test("decodeRelayFrame() gives a value or WireError for any bytes", () => {
  fc.assert(
    fc.property(fc.nat(14), fc.uint8Array({ maxLength: 150 }), (type, rest) => {
      outcome(new Uint8Array([0x80 + type, ...rest]));
      outcome(rest);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("decodeRelayFrame() refuses frames cut short; only some may grow", () => {
  const open = new Set(["deliver", "auth_step"]); // the last field is whatever is left
  const growing = new Set(["welcome", "joined", "error", "bye", "rooms", "tell", ...open]);
  fc.assert(fc.property(relayFrame, fc.nat(), (frame, at) => {
    const bytes = encodeRelayFrame(frame);
    if (!open.has(frame.type)) assert.equal(outcome(bytes.subarray(0, at % bytes.length)), "malformed");
    assert.equal(outcome(new Uint8Array([...bytes, 0])), growing.has(frame.type) ? "value" : "malformed");
  }));
});

const vectors: Record<string, [RelayFrame, string]> = {
  welcome: [
    {
      type: "welcome",
      version: 1,
      maxPayload: 1,
      maxMessage: 2,
      rateCount: 3,
      rateWindowMs: 4,
      heartbeatIntervalMs: 5,
      heartbeatTimeoutMs: 6,
      nonce: new Uint8Array(16).fill(0xaa),
      challenge: new Uint8Array([7]),
    },
    `81 01 00000001 00000002 00000003 00000004 00000005 00000006 ${"aa".repeat(16)} 0001 07`,
  ],
  joined: [
    {
      type: "joined",
      roomEpoch: new Uint8Array(16).fill(0xbb),
      peerId: 3,
      seq: 4,
      member: true,
      created: false,
      complete: true,
      token: new Uint8Array(32).fill(0xcc),
      resumeWindowMs: 60_000,
      peers: [1, 2],
    },
    `82 ${"bb".repeat(16)} 00000003 0000000000000004 05 ${"cc".repeat(32)} 0000ea60 0002 00000001 00000002`,
  ],
  peer_in: [{ type: "peer_in", peerId: 9 }, "83 00000009"],
  peer_out: [{ type: "peer_out", peerId: 9, reason: "lost" }, "84 00000009 02"],
  deliver: [
    { type: "deliver", seq: Number.MAX_SAFE_INTEGER, from: 2, payload: new Uint8Array([5]) },
    "85 001fffffffffffff 00000002 05",
  ],
  ack: [{ type: "ack", sendId: 1, seq: 2 }, "86 00000001 0000000000000002"],
  pong: [{ type: "pong", opaque: 3 }, "87 00000003"],
  error: [
    { type: "error", code: 1106, sendId: 4, retryAfterMs: 500, sentence: "é" },
    "88 0452 00000004 000001f4 0002 c3a9",
  ],
  bye: [{ type: "bye", code: 4010, sentence: "" }, "89 0faa 0000"],
  admitted: [{ type: "admitted" }, "8a"],
  auth_step: [{ type: "auth_step", bytes: new Uint8Array([2, 118]) }, "8b 02 76"],
  rooms: [
    { type: "rooms", rooms: [{ name: "a", topic: "", invite: new Uint8Array([1]), members: 3 }] },
    "8c 0001 0001 61 0000 0001 01 00000003",
  ],
  tell: [{ type: "tell", code: 1113, sentence: "x" }, "8d 0459 0001 78"],
};

for (const [name, [frame, hex]] of Object.entries(vectors)) {
  Deno.test(`encodeRelayFrame() writes ${name} byte by byte as in SPEC`, () => {
    assert.equal(Buffer.from(encodeRelayFrame(frame)).toString("hex"), hex.replaceAll(" ", ""));
  });
}

for (
  const [wrong, hex] of Object.entries({
    "no type": "",
    "unknown type": "8e",
    "a type of the client's": "06",
    "peer_out reason 0": "840000000100",
    "peer_out reason 4": "840000000104",
    "a sentence that is not UTF-8": "8904520001ff",
    "seq of 2^53": "85002000000000000000000001",
    "more rooms than may be listed": `8c${(MAX_LISTED_ROOMS + 1).toString(16).padStart(4, "0")}`,
    "more rooms than bytes": "8c0001",
    "a listed name of 97 bytes": `8c00010061${"61".repeat(97)}0000000000000000`,
    "a tell that is not UTF-8": "8d04590001ff",
    "more peers than bytes": `82${"00".repeat(65)}ffff`,
  })
) {
  Deno.test(`decodeRelayFrame() refuses ${wrong} as malformed`, () => {
    assert.equal(outcome(new Uint8Array(Buffer.from(hex, "hex"))), "malformed");
  });
}
