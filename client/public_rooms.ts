/**
 * The rooms that a relay lists for everybody (SPEC, "Public rooms"). The list is the relay's word: it may leave rooms
 * out, and say anything about the others. Whom one meets in a room is still proven by the room's own keys.
 *
 * @module
 */
import { type Bytes, fromBase64Url, toBase64Url } from "../crypto/bytes.ts";
import { formatInvite, parseInvite } from "../crypto/invite.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { ListedRoom } from "../wire/frame.ts";
import { MAX_PUBLIC_INVITE } from "../wire/limits.ts";
import { Connection } from "./connection.ts";
import { ClientError } from "./errors.ts";
import type { SessionOptions } from "./options.ts";
import { platformClock, platformConnect } from "./platform.ts";

/** A room that is open to everybody at a relay, as the relay tells it. All of it is a stranger's text. */
export interface PublicRoom {
  /** What it is called in the list. */
  name: string;
  /** What it is about; may be empty. */
  topic: string;
  /** Members that the relay counts. */
  members: number;
  /** The link by which to come in. */
  invite: string;
}

/** Asks a relay for its public rooms, over a connection of its own. Those without a whole invite are left out. */
export async function listRooms(
  relay: string,
  options: Omit<SessionOptions, "relay" | "nick"> = {},
): Promise<PublicRoom[]> {
  const { connect = platformConnect, clock = platformClock } = options;
  const connection = await Connection.open(relay, { ...options, connect, clock });
  try {
    const rooms = await connection.ask(
      [{ type: "list" }],
      (frame) => frame.type === "rooms" ? frame.rooms : undefined,
    );
    return rooms.flatMap((room) => readListed(room, relay));
  } finally {
    connection.end(new ClientError("closed", "Cannot go on: the connection was closed", { status: 3 }));
  }
}

function readListed({ name, topic, members, invite }: ListedRoom, relay: string): PublicRoom[] {
  const url = new URL(relay);
  const link = `${url.protocol === "wss:" ? "https:" : "http:"}//${url.host}/#${toBase64Url(invite)}`;
  try {
    parseInvite(link);
    return [{ name, topic, members, invite: link }];
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    return [];
  }
}

/** The part of an invite that goes into the list; who reads the list knows the relay already. */
export function listedInvite(invite: Parameters<typeof formatInvite>[0]): Bytes {
  const link = formatInvite(invite);
  const payload = fromBase64Url(link.slice(link.indexOf("#") + 1));
  if (payload === undefined || payload.length > MAX_PUBLIC_INVITE) {
    throw new RangeError("Cannot list a room: its invite does not fit");
  }
  return payload;
}
