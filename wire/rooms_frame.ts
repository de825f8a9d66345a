/** The list of public rooms that a relay gives (SPEC, "Relay wire"). @module */
import { type Bytes, type FieldReader, FieldWriter, textBytes } from "./bytes.ts";
import { WireError } from "./errors.ts";
import { MAX_LISTED_ROOMS, MAX_PUBLIC_INVITE, MAX_PUBLIC_NAME, MAX_PUBLIC_TOPIC } from "./limits.ts";

/** One listed room. */
export interface ListedRoom {
  /** What its founder calls it, up to `MAX_PUBLIC_NAME` bytes. */
  name: string;
  /** What it is about, up to `MAX_PUBLIC_TOPIC` bytes. */
  topic: string;
  /** The invite's payload. */
  invite: Uint8Array;
  /** Members in it. */
  members: number;
}

/** Answer to `list`. */
export interface RoomsFrame {
  /** What kind of frame this is. */
  type: "rooms";
  /** The rooms, at most `MAX_LISTED_ROOMS`. */
  rooms: ListedRoom[];
}

/** Bytes of the frame. Throws `RangeError` on fields that do not fit. */
export function encodeRooms({ rooms }: RoomsFrame): Bytes {
  const texts = rooms.map(({ name, topic }) => [textBytes(name), textBytes(topic)] as const);
  const length = rooms.reduce((sum, { invite }) => sum + 10 + invite.length, 3) +
    texts.reduce((sum, [name, topic]) => sum + name.length + topic.length, 0);
  const writer = new FieldWriter(length).u8(0x8c).u16(rooms.length);
  rooms.forEach(({ invite, members }, i) => {
    const [name, topic] = texts[i] ?? [textBytes(""), textBytes("")];
    writer.u16(name.length).bytes(name).u16(topic.length).bytes(topic).u16(invite.length).bytes(invite)
      .u32(members);
  });
  return writer.done();
}

/** Reads what follows the type byte. @throws {WireError} `malformed`. */
export function readRooms(reader: FieldReader): RoomsFrame {
  const count = reader.u16();
  if (count > MAX_LISTED_ROOMS) {
    throw new WireError("malformed", `Cannot read a list: it has more than ${MAX_LISTED_ROOMS} rooms`);
  }
  const rooms: ListedRoom[] = [];
  for (let i = 0; i < count; i++) {
    rooms.push({
      name: reader.text(MAX_PUBLIC_NAME),
      topic: reader.text(MAX_PUBLIC_TOPIC),
      invite: reader.short(MAX_PUBLIC_INVITE),
      members: reader.u32(),
    });
  }
  return { type: "rooms", rooms };
}
