/** Founding and joining rooms: the two ways to a running session. @module */
import { type Bytes, randomBytes, toHex } from "../crypto/bytes.ts";
import { parseCode, type ParsedCode } from "../crypto/codes.ts";
import { contentHash, ContentKind, encodeContent } from "../crypto/content.ts";
import { decodeDoor, type Door, doorCommitment, namedDoor, openDoor } from "../crypto/doors.ts";
import { CryptoError } from "../crypto/errors.ts";
import { decodePack, signPack } from "../crypto/pack.ts";
import { decodePresent, verifyPresent } from "../crypto/present.ts";
import { encodeBody } from "./bodies.ts";
import { readTopic } from "./command_run.ts";
import type { RoomSession } from "./commands.ts";
import { DELIVERY_LIMITS, type Head } from "./delivery.ts";
import { ClientError } from "./errors.ts";
import { idOf } from "./ids.ts";
import { openDoors, tellInvite } from "./invites.ts";
import { knockAtRoom, MAX_EXCHANGES } from "./joining.ts";
import type { Joined, RelayLink } from "./link.ts";
import type { CreateOptions, JoinOptions, SessionOptions } from "./options.ts";
import { checkPublicName } from "./public_name.ts";
import { STEADY_MS } from "./reconnecting.ts";
import { Room, type RoomParts } from "./room.ts";
import { begin, connectAgain, isDraining, isLoss, outlast, pause, pinOf, type Start } from "./start.ts";
import { readStatement } from "./reading_statements.ts";
import { StatementLog } from "./statement_log.ts";
import { VerifierCache } from "./verifier_cache.ts";
import { NO_ROOM, readWelcomePacks } from "./welcome_packs.ts";

/** How often somebody who waits for a room looks whether it is there, in milliseconds. */
const LOOK_MS = 2_000;
/**
 * How long somebody who finds nobody behind a name waits before founding the room, in milliseconds: after a restart
 * of the relay its members may be on their way back.
 */
export const FOUND_MS = 3_000;
const HOUR_MS = 3_600_000;

/** Founds a room and opens its doors. Resolves when others can come in. */
export async function createRoom(options: CreateOptions): Promise<RoomSession> {
  readTopic(options.topic ?? "");
  if (options.public !== undefined) checkPublicName(options.public);
  const start = await begin(options);
  return await start.guard(async () => {
    const named = options.name === undefined ? undefined : await namedDoor(options.name, options.password);
    const clientHash = await options.findClientHash?.();
    if (clientHash !== undefined) start.clientHash = clientHash;
    for (;;) {
      try {
        return await found(start, options, named);
      } catch (error) {
        if (!isDraining(error)) throw error;
        await outlast(start, options, error);
      }
    }
  });
}

/**
 * Joins a room by its code. A named room is founded if nobody is there; for the other codes it waits. A connection
 * that is lost on the way is made again, as long as the exchanges of this one action last.
 */
export async function joinRoom(options: JoinOptions): Promise<RoomSession> {
  const code = readCode(options.code);
  const relay = code.kind === "invite" && options.relay === "" ? code.relay : options.relay;
  // What an invite says is of its own relay, and no other's.
  const said = code.kind === "invite" && relay === code.relay ? pinOf(code) : {};
  const start = await begin({ ...options, relay, ...said, ...pinOf(options) });
  return await start.guard(async () => {
    const way: Way = { code, door: await openDoor(code, options.password), budget: { left: MAX_EXCHANGES } };
    for (let waited = false;;) {
      try {
        const session = await tryToJoin(start, options, way, { mayFound: waited });
        if (session !== null) return session;
        const ms = (code.kind === "named" && !waited ? FOUND_MS : LOOK_MS) * (0.75 + Math.random() / 2);
        if (!waited) tellWaiting(options, code, ms);
        waited = true;
        await pause(start.clock, ms, options.signal);
      } catch (error) {
        if (isDraining(error)) await outlast(start, options, error);
        else if (!isLoss(error) || way.budget.left <= 0) throw error;
        else await connectAgain(start, options, error);
      }
    }
  });
}

/** What a user action goes by. */
interface Way {
  code: ParsedCode;
  door: Door;
  budget: { left: number };
}

/** One look at the door: in, or founded where that is to be; `null` when nobody is there. */
async function tryToJoin(
  start: Start,
  options: JoinOptions,
  way: Way,
  { mayFound }: { mayFound: boolean },
): Promise<RoomSession | null> {
  const joined = await tryDoor(start.link, way.door);
  if (joined !== null && joined.peers.length > 0) return await comeIn(start, options, { ...way, joined });
  if (joined !== null) start.link.stepBack();
  else if (way.code.kind === "named" && mayFound) return await foundNamed(start, options, way.door);
  return null;
}

/** Says FOUND and the first DOOR, opens the doors at the relay, and is alone in the room. */
async function found(start: Start, options: CreateOptions, named: Door | undefined): Promise<RoomSession> {
  const { identity, keys } = start;
  const foundBytes = encodeContent({
    number: 1,
    kind: ContentKind.found,
    lamport: 1,
    prevHash: new Uint8Array(32),
    deps: [],
    body: encodeBody({
      kind: "found",
      bundle: keys.current.bundle.encoded,
      limit: options.limit ?? null,
      topic: readTopic(options.topic ?? ""),
      nonce: randomBytes(16),
    }),
  });
  const roomId = contentHash(foundBytes).slice(0, 16);
  const joined = await start.link.join(named?.doorId ?? roomId, "mustBeNew");
  const doors = await openDoors(start.link, roomId, named === undefined);
  if (named !== undefined) doors.push(named);
  const doorBytes = encodeContent({
    number: 2,
    kind: ContentKind.door,
    lamport: 2,
    prevHash: contentHash(foundBytes),
    deps: [],
    body: encodeBody({ kind: "door", commitments: doors.map(doorCommitment) }),
  });
  const log = await logOf([
    await signPack(identity, NO_ROOM, [foundBytes]),
    await signPack(identity, roomId, [doorBytes]),
  ]);
  const verifiers = new VerifierCache();
  verifiers.learn(keys.current.bundle);
  const head: Head = { number: 2, hash: toHex(contentHash(doorBytes)), lamport: 2 };
  const room = new Room(partsOf(start, options, { joined, roomId, log, verifiers, doors, head }));
  await room.start({ founded: true });
  tellInvite(room);
  if (options.public !== undefined) room.listing.publishOrTell(options.public);
  return room;
}

async function foundNamed(start: Start, options: JoinOptions, door: Door): Promise<RoomSession | null> {
  try {
    const session = await found(start, options, door);
    options.onEvent?.({
      type: "notice",
      code: "alone",
      message: "You are alone and opened this room" +
        (options.password === undefined
          ? ". It has no password: anyone who guesses the name can come in, the relay's operator too"
          : ""),
    });
    return session;
  } catch (error) {
    if (error instanceof ClientError && error.code === "door_exists") return null; // somebody was faster: join it
    throw error;
  }
}

async function comeIn(
  start: Start,
  options: JoinOptions,
  way: Way & { joined: Joined },
): Promise<RoomSession> {
  const { link, clock, identity, keys } = start;
  const { code, door, joined, budget } = way;
  const knocked = await knockAtRoom({
    link,
    clock,
    joined,
    door,
    budget,
    identity,
    bundle: keys.current.bundle,
    ...(code.kind === "invite" ? { roomId: code.roomId } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    tell: (message) => options.onEvent?.({ type: "notice", code: "knocking", message }),
  });
  const { roomId, welcome } = knocked;
  const verifiers = new VerifierCache();
  const log = await readWelcomePacks(welcome.packs, roomId, verifiers);
  // Two members may have let us in at once; whoever answered must be one of those that said so.
  const me = log.state.members.get(idOf(identity.memberId));
  const sponsored = me !== undefined && (me.addedBy === idOf(knocked.sponsor) || me.addHashes.length > 1);
  if (me?.status !== "in" || !sponsored) {
    throw new ClientError("void", "Cannot join: whoever let you in was not allowed to");
  }
  const doors = welcome.doors.map((bytes) => decodeDoor(bytes));
  const { password } = door; // by that we came in
  for (const each of doors) if (password !== undefined && each.kind === "named") each.password = password;
  const head: Head = { number: 0, hash: "", lamport: lamportOf(log.lamports()) };
  const room = new Room({
    ...partsOf(start, options, { joined, roomId, log, verifiers, doors, head }),
    welcome,
    late: knocked.late,
  });
  room.confirmation.hearsay(log.state.members.keys());
  const presents = await Promise.all(welcome.presents.map(async (payload) => {
    const claim = decodePresent(payload);
    const verifier = await verifiers.get(idOf(claim.memberId));
    const valid = verifier !== undefined && await verifyPresent(claim, roomId, verifier);
    return { claim, payload, valid };
  }));
  for (const { claim, payload, valid } of presents) {
    if (valid) room.presence.learn(claim, payload, { passedOn: true });
  }
  await room.start({ held: knocked.held, gone: knocked.peersOut });
  return room;
}

/** Where a newcomer's Lamport time begins; what runs too far ahead moves it by little. */
function lamportOf(rising: readonly number[]): number {
  return rising.reduce(
    (time, next) => Math.max(time, Math.min(next, time + DELIVERY_LIMITS.maxLamportStep)),
    0,
  );
}

type Rest = Pick<RoomParts, "joined" | "roomId" | "log" | "verifiers" | "doors" | "head">;

function partsOf(start: Start, options: SessionOptions, rest: Rest): RoomParts {
  return {
    identity: start.identity,
    keys: start.keys,
    link: start.link,
    relay: start.relay,
    ...pinOf(start),
    login: start.login,
    clock: start.clock,
    awayMs: options.awayMs ?? HOUR_MS,
    rotateMs: options.rotateMs ?? 600_000,
    giveUpMs: options.giveUpMs ?? Infinity,
    steadyMs: options.steadyMs ?? STEADY_MS,
    onEvent: options.onEvent ?? (() => {}),
    ...rest,
  };
}

/** A founder's own first statements need no verification: it has just made them. */
function logOf(packs: [Bytes, Bytes]): StatementLog {
  const [found, door] = packs.map((bytes) => {
    const pack = decodePack(bytes);
    const item = pack.contents[0];
    const statement = item === undefined ? null : readStatement(idOf(pack.author), item);
    if (statement === null) throw new TypeError("Cannot found a room: its first statement is malformed");
    return { statement, pack };
  });
  if (found === undefined || door === undefined) {
    throw new TypeError("Cannot found a room: a statement is missing");
  }
  const log = new StatementLog(found.statement, found.pack.encoded);
  log.add(door.statement, door.pack.encoded);
  return log;
}

async function tryDoor(link: RelayLink, door: Door): Promise<Joined | null> {
  try {
    return await link.join(door.doorId, "mustExist");
  } catch (error) {
    if (error instanceof ClientError && error.code === "no_such_door") return null;
    throw error;
  }
}

function tellWaiting(options: JoinOptions, code: ParsedCode, ms: number): void {
  options.onEvent?.(
    code.kind === "named"
      ? {
        type: "notice",
        code: "founding",
        message: `Nobody is there under this name: opening the room in ${Math.round(ms / 1_000)} s, ` +
          "unless somebody comes first",
      }
      : {
        type: "notice",
        code: "waiting",
        message:
          "Nobody is there yet; looking again every 2 s. If somebody should be, check the relay and the code, which may be an old one. Ctrl-C stops",
      },
  );
}

function readCode(text: string): ParsedCode {
  try {
    return parseCode(text);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new ClientError("bad_code", error.message, { status: 2, cause: error });
  }
}
