import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { type ClientFrame, clientFrameAt, decodeClientFrame, encodeClientFrame } from "./client_frame.ts";
import { WireError } from "./errors.ts";
import { MAX_PUBLIC_INVITE, MAX_PUBLIC_NAME, MAX_PUBLIC_TOPIC } from "./limits.ts";

const u32 = fc.nat(0xffffffff);
const some = fc.uint8Array({ maxLength: 300 });

function exactly(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

/** Text of at most so many bytes. */
function textUpTo(bytes: number): fc.Arbitrary<string> {
  return fc.string({ unit: "grapheme", maxLength: bytes / 2 })
    .filter((text) => new TextEncoder().encode(text).length <= bytes);
}

/** Any frame of a client. */
const clientFrame: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.record({ type: fc.constant("hello" as const), version: fc.nat(255), auth: some }),
  fc.record({
    type: fc.constant("join" as const),
    doorId: exactly(16),
    mode: fc.constantFrom("any" as const, "mustBeNew" as const, "mustExist" as const),
  }),
  fc.record({
    type: fc.constant("resume" as const),
    token: exactly(32),
    roomEpoch: exactly(16),
    lastSeq: fc.maxSafeNat(),
  }),
  fc.record({ type: fc.constant("send" as const), sendId: u32, droppable: fc.boolean(), payload: some }),
  fc.record({
    type: fc.constant("send_table" as const),
    sendId: u32,
    droppable: fc.boolean(),
    common: some,
    parts: fc.array(fc.record({ peerId: u32, bytes: some }, { noNullPrototype: true }), { maxLength: 20 }),
  }),
  fc.record({
    type: fc.constant("door" as const),
    action: fc.constantFrom("add" as const, "drop" as const),
    doorId: exactly(16),
  }),
  fc.record({ type: fc.constant("leave" as const) }),
  fc.record({ type: fc.constant("ping" as const), opaque: u32 }),
  fc.record({ type: fc.constant("admit" as const), peerId: u32 }),
  fc.record({ type: fc.constant("auth" as const), bytes: some }),
  fc.record({
    type: fc.constant("publish" as const),
    name: textUpTo(MAX_PUBLIC_NAME),
    topic: textUpTo(MAX_PUBLIC_TOPIC),
    invite: fc.uint8Array({ maxLength: MAX_PUBLIC_INVITE }),
  }),
  fc.record({ type: fc.constant("list" as const) }),
);

/** The code of the one error that decoding may end in, or "value". */
function outcome(bytes: Uint8Array): string {
  try {
    decodeClientFrame(bytes);
    return "value";
  } catch (error) {
    assert.ok(error instanceof WireError, String(error));
    return error.code;
  }
}

Deno.test("decodeClientFrame() reads what encodeClientFrame() wrote", () => {
  fc.assert(
    fc.property(clientFrame, (frame) => {
      assert.deepEqual({ ...decodeClientFrame(encodeClientFrame(frame)) }, { ...frame });
    }),
    { numRuns: 500 },
  );
});

Deno.test("clientFrameAt() reads a frame that lies within other bytes, and nothing beside it", () => {
  fc.assert(fc.property(clientFrame, fc.uint8Array(), fc.uint8Array(), (frame, before, after) => {
    const bytes = encodeClientFrame(frame);
    const around = new Uint8Array([...before, ...bytes, ...after]);
    const end = before.length + bytes.length;
    assert.deepEqual({ ...clientFrameAt(around, before.length, end) }, { ...frame });
  }));
});

Deno.test("decodeClientFrame() gives a value or WireError for any bytes", () => {
  fc.assert(
    fc.property(fc.nat(13), fc.uint8Array({ maxLength: 100 }), (type, rest) => {
      outcome(new Uint8Array([type, ...rest]));
      outcome(rest);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("decodeClientFrame() refuses every frame cut short, and every one but hello with bytes after it", () => {
  fc.assert(fc.property(clientFrame, fc.nat(), (frame, at) => {
    const bytes = encodeClientFrame(frame);
    const open = frame.type === "send"; // its payload is whatever is left
    if (!open) assert.equal(outcome(bytes.subarray(0, at % bytes.length)), "malformed");
    const longer = new Uint8Array([...bytes, 0]);
    assert.equal(outcome(longer), open || frame.type === "hello" ? "value" : "malformed");
  }));
});

const vectors: Record<string, [ClientFrame, string]> = {
  hello: [{ type: "hello", version: 1, auth: new Uint8Array([9]) }, "01 01 0001 09"],
  join: [
    { type: "join", doorId: new Uint8Array(16).fill(0xaa), mode: "mustExist" },
    "02 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 02",
  ],
  resume: [
    {
      type: "resume",
      token: new Uint8Array(32).fill(0xbb),
      roomEpoch: new Uint8Array(16).fill(0xcc),
      lastSeq: 2 ** 33 + 1,
    },
    `03 ${"bb".repeat(32)} ${"cc".repeat(16)} 0000000200000001`,
  ],
  send: [
    { type: "send", sendId: 7, droppable: true, payload: new Uint8Array([1, 2]) },
    "04 00000007 01 0102",
  ],
  send_table: [
    {
      type: "send_table",
      sendId: 8,
      droppable: false,
      common: new Uint8Array([3]),
      parts: [{ peerId: 5, bytes: new Uint8Array([4, 4]) }],
    },
    "04 00000008 02 00000001 03 0001 00000005 00000002 0404",
  ],
  door: [
    { type: "door", action: "drop", doorId: new Uint8Array(16).fill(0xdd) },
    "05 02 dddddddddddddddddddddddddddddddd",
  ],
  leave: [{ type: "leave" }, "06"],
  ping: [{ type: "ping", opaque: 0xfffffffe }, "07 fffffffe"],
  admit: [{ type: "admit", peerId: 2 }, "08 00000002"],
  auth: [{ type: "auth", bytes: new Uint8Array([1]) }, "09 0001 01"],
  publish: [
    { type: "publish", name: "é", topic: "t", invite: new Uint8Array([7, 8]) },
    "0a 0002 c3a9 0001 74 0002 0708",
  ],
  list: [{ type: "list" }, "0b"],
};

for (const [name, [frame, hex]] of Object.entries(vectors)) {
  Deno.test(`encodeClientFrame() writes ${name} byte by byte as in SPEC`, () => {
    assert.equal(Buffer.from(encodeClientFrame(frame)).toString("hex"), hex.replaceAll(" ", ""));
  });
}

for (
  const [wrong, hex] of Object.entries({
    "no type": "",
    "unknown type": "0c",
    "a type of the relay's": "81",
    "join mode 3": `02${"00".repeat(16)}03`,
    "door action 0": `0500${"00".repeat(16)}`,
    "door action 3": `0503${"00".repeat(16)}`,
    "send flag 4": "040000000104",
    "lastSeq of 2^53": `03${"00".repeat(48)}0020000000000000`,
    "common longer than the frame": "040000000102ffffffff",
    "more parts than bytes": "040000000102000000000fff",
    "a public name of 97 bytes": `0a0061${"61".repeat(97)}00000000`,
    "a public topic of 513 bytes": `0a00000201${"61".repeat(513)}0000`,
    "a public invite of 257 bytes": `0a000000000101${"00".repeat(257)}`,
    "a public name that is not UTF-8": "0a0001ff00000000",
  })
) {
  Deno.test(`decodeClientFrame() refuses ${wrong} as malformed`, () => {
    assert.equal(outcome(new Uint8Array(Buffer.from(hex, "hex"))), "malformed");
  });
}

Deno.test("decodeClientFrame() refuses a table of more than 4,096 parts as too_many", () => {
  assert.equal(outcome(new Uint8Array(Buffer.from("040000000102000000001001", "hex"))), "too_many");
});

Deno.test("encodeClientFrame() throws RangeError for fields that do not fit", () => {
  const payload = new Uint8Array(0);
  for (const sendId of [-1, 1.5, NaN, 2 ** 32]) {
    assert.throws(() => encodeClientFrame({ type: "send", sendId, droppable: false, payload }), RangeError);
  }
  assert.throws(() => encodeClientFrame({ type: "join", doorId: payload, mode: "any" }), RangeError);
  assert.throws(
    () => encodeClientFrame({ type: "hello", version: 1, auth: new Uint8Array(65_536) }),
    RangeError,
  );
});
