import assert from "node:assert/strict";
import fc from "fast-check";
import { argon2id } from "./argon2.ts";
import { concat, toHex, utf8 } from "./bytes.ts";
import { encodeCbor } from "./cbor.ts";
import { parseCode } from "./codes.ts";
import {
  decodeDoor,
  disposeDoor,
  doorCommitment,
  encodeDoor,
  inviteDoor,
  namedDoor,
  openDoor,
  spokenDoor,
} from "./doors.ts";
import { CryptoError } from "./errors.ts";
import { hashParts } from "./hash.ts";
import { readScalar, scalarFromBytes48 } from "./pake_scalar.ts";

const isDecode = (error: unknown) => error instanceof CryptoError && error.code === "decode";
const isBadKey = (error: unknown) => error instanceof CryptoError && error.code === "bad_key";
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const roomId = new Uint8Array(16).fill(1);
const secret = new Uint8Array(16).fill(2);
const walnut = { number: 41793, words: ["copper", "lemon", "orbit", "walnut"] };

Deno.test("scalarFromBytes48() reduces modulo n and refuses 0", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (bytes) => {
    const expected = BigInt("0x" + toHex(bytes)) % ORDER;
    fc.pre(expected !== 0n);
    const scalar = scalarFromBytes48(bytes);
    assert.equal(scalar.length, 32);
    assert.equal(readScalar(scalar), expected);
  }));
  const order = concat(
    new Uint8Array(16),
    Uint8Array.from(ORDER.toString(16).match(/../g) ?? [], (h) => parseInt(h, 16)),
  );
  for (const bad of [new Uint8Array(48), order, new Uint8Array(47).fill(1), new Uint8Array(49).fill(1)]) {
    assert.throws(() => scalarFromBytes48(bad), isBadKey);
  }
  for (
    const bad of [
      new Uint8Array(32),
      order.slice(16),
      new Uint8Array(32).fill(255),
      new Uint8Array(31).fill(1),
    ]
  ) {
    assert.throws(() => readScalar(bad), isBadKey);
  }
});

Deno.test("inviteDoor() has the room's id and the scalar of its secret", async () => {
  const door = await inviteDoor(roomId, secret);
  assert.deepEqual(door.doorId, roomId);
  assert.deepEqual(door.w, scalarFromBytes48(await argon2id(secret, roomId, 48)));
  assert.equal(door.label, "AgICAgICAgICAgICAgICAg");
});

Deno.test("spokenDoor() has an id from its number alone and a scalar from its words", async () => {
  const door = await spokenDoor(walnut);
  const doorId = hashParts("sotto/v1/spoken-door", Uint8Array.of(0, 0, 0xa3, 0x41)).slice(0, 16);
  assert.deepEqual(door.doorId, doorId);
  assert.deepEqual(door.w, scalarFromBytes48(await argon2id(utf8("copper lemon orbit walnut"), doorId, 48)));
  const other = await spokenDoor({ ...walnut, words: ["copper", "lemon", "orbit", "zoo"] });
  assert.deepEqual(other.doorId, doorId);
  assert.notDeepEqual(other.w, door.w);
});

Deno.test("namedDoor() derives id and secret from the canonical name, and the scalar from the password too", async () => {
  const hash = await argon2id(utf8("my room"), hashParts("sotto/v1/name-salt").slice(0, 16), 48);
  const open = await namedDoor("My  Room");
  assert.deepEqual(open.doorId, hash.slice(0, 16));
  assert.deepEqual(open.w, scalarFromBytes48(await argon2id(hash.slice(16), open.doorId, 48)));
  const locked = await namedDoor("my room", "ﬁsh");
  const typed = concat(hash.slice(16), utf8("fish"));
  assert.deepEqual(locked.doorId, open.doorId);
  assert.deepEqual(locked.w, scalarFromBytes48(await argon2id(typed, open.doorId, 48)));
  assert.equal(locked.label, "my room");
});

Deno.test("openDoor() opens the door of each kind of code", async () => {
  const invite = { kind: "invite", relay: "ws://h/ws", roomId, secret } as const;
  assert.deepEqual(await openDoor(invite), await inviteDoor(roomId, secret));
  assert.deepEqual(await openDoor(parseCode("41793 copper lemon orbit walnut")), await spokenDoor(walnut));
  assert.deepEqual(await openDoor(parseCode("Lobby"), "pw"), await namedDoor("lobby", "pw"));
});

Deno.test("doorCommitment() differs for another kind, id or scalar", async () => {
  const door = await inviteDoor(roomId, secret);
  const all = [door, { ...door, kind: "named" as const }, { ...door, doorId: secret }, {
    ...door,
    w: new Uint8Array(32),
  }];
  assert.equal(new Set(all.map((one) => toHex(doorCommitment(one)))).size, 4);
  assert.equal(doorCommitment(door).length, 32);
});

Deno.test("decodeDoor() reads what encodeDoor() wrote", async () => {
  for (
    const door of [await inviteDoor(roomId, secret), await spokenDoor(walnut), await namedDoor("Lobby", "pw")]
  ) {
    const { password: _, ...passedOn } = door;
    assert.deepEqual(decodeDoor(encodeDoor(door)), passedOn);
  }
});

Deno.test("decodeDoor() refuses bad scalars, and labels that are no code of their kind", () => {
  const w = new Uint8Array(32).fill(1);
  assert.equal(decodeDoor(encodeCbor([3, roomId, w, "lobby"])).label, "lobby");
  const bads = [
    [3, roomId, new Uint8Array(32), "lobby"],
    [3, roomId, new Uint8Array(32).fill(255), "lobby"],
    [3, roomId, w.slice(1), "lobby"],
    [3, roomId.slice(1), w, "lobby"],
    [0, roomId, w, "lobby"],
    [4, roomId, w, "lobby"],
    [3, roomId, w, "Lobby"],
    [3, roomId, w, "lob\u001b[2Jby"],
    [3, roomId, w, "a".repeat(129)],
    [1, roomId, w, "lobby"],
    [2, roomId, w, "lobby"],
    [2, roomId, w, "41793 copper lemon orbit walnut"],
    [3, roomId, w],
  ];
  for (const bad of bads) assert.throws(() => decodeDoor(encodeCbor(bad)), isDecode);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (junk) => assert.throws(() => decodeDoor(junk), isDecode)),
  );
});

Deno.test("disposeDoor() wipes the scalar", async () => {
  const door = await inviteDoor(roomId, secret);
  disposeDoor(door);
  assert.deepEqual(door.w, new Uint8Array(32));
});
