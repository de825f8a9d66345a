/** Members that only sit there, and rooms that come and go. @module */
import { type Member, PAYLOAD, roomOf } from "./relay_member.ts";
import { RawSocket } from "./relay_wire.ts";

/** Members in rooms, or sockets alone. */
export interface Crowd {
  port: number;
  /** `bare` opens sockets and says nothing. */
  what: "rooms" | "bare";
  rooms: number;
  members: number;
}

/** How many rooms are made at the same time. */
const AT_ONCE = 32;
/** Nobody who sits there needs a large buffer. */
const READ_BYTES = 1_024;

/** Brings everybody in; each can hang up, after leaving. */
export async function gather(
  { port, what, rooms, members }: Crowd,
  first = 0,
): Promise<(() => Promise<void>)[]> {
  const leaves: (() => Promise<void>)[] = [];
  let next = first;
  const work = async (): Promise<void> => {
    while (next < first + rooms) {
      const room = next++;
      if (what === "bare") {
        for (let i = 0; i < members; i++) {
          const socket = await RawSocket.open({ port, path: "/bare" });
          const ended = socket.read(READ_BYTES);
          leaves.push(() => (socket.close(), ended));
        }
        continue;
      }
      for (const member of await roomOf({ port, dialect: "sotto", readBytes: READ_BYTES }, room, members)) {
        leaves.push(() => leave(member));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return leaves;
}

/** Makes rooms whose only member says something and is cut off: they stay until its place is given up. */
export async function makeRooms(port: number, rooms: number): Promise<void> {
  await eachRoom(port, rooms, async (member) => {
    member.socket.close();
    await member.ended;
  });
}

/** Makes rooms whose only member says something and leaves. */
export async function makeAndLeave(port: number, rooms: number): Promise<void> {
  await eachRoom(port, rooms, leave);
}

/** Makes rooms of one who says something, some at a time, and ends each. */
async function eachRoom(port: number, rooms: number, end: (member: Member) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < rooms) {
      const [member] = await roomOf({ port, dialect: "sotto", readBytes: READ_BYTES }, next++, 1);
      if (member === undefined) throw new Error("a room of one has one");
      await member.tell({ type: "send", sendId: 1, droppable: false, payload: new Uint8Array(PAYLOAD) });
      await member.next("ack");
      await end(member);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Everybody goes. */
export async function leaveAll(leaves: readonly (() => Promise<void>)[]): Promise<void> {
  for (let i = 0; i < leaves.length; i += AT_ONCE) {
    await Promise.all(leaves.slice(i, i + AT_ONCE).map((each) => each()));
  }
}

async function leave(member: Member): Promise<void> {
  await member.tell({ type: "leave" }, { type: "ping", opaque: 1 });
  await member.next("pong");
  member.socket.close();
  await member.ended;
}
