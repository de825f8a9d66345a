/** What a session is made of when it begins. @module */
import type { Bytes } from "../crypto/bytes.ts";
import type { Door } from "../crypto/doors.ts";
import type { Identity } from "../crypto/identity.ts";
import type { Head } from "./delivery.ts";
import type { SessionEvent } from "./events.ts";
import type { KeyRing } from "./key_ring.ts";
import type { LateAnswers } from "./late_answers.ts";
import type { Joined, RelayLink } from "./link.ts";
import type { LoginBook } from "./login.ts";
import type { Clock } from "./options.ts";
import type { StatementLog } from "./statement_log.ts";
import type { VerifierCache } from "./verifier_cache.ts";
import type { WelcomeContent } from "./welcome.ts";

/** What a session is made of when it begins. */
export interface RoomParts {
  identity: Identity;
  keys: KeyRing;
  link: RelayLink;
  /** The relay's address, for invites. */
  relay: string;
  /** SHA-256 of the relay's certificate, for invites. */
  certHash?: Uint8Array;
  /** SHA-256 of the relay's `client.js`, for invites. */
  clientHash?: Uint8Array;
  joined: Joined;
  roomId: Bytes;
  log: StatementLog;
  verifiers: VerifierCache;
  doors: Door[];
  clock: Clock;
  awayMs: number;
  rotateMs: number;
  giveUpMs: number;
  steadyMs: number;
  onEvent: (event: SessionEvent) => void;
  /** What the relay lets us in by. */
  login?: LoginBook;
  /** The last of the founder's own contents; a joiner has said nothing. */
  head: Head;
  /** The sponsor's view; absent for a founder. */
  welcome?: WelcomeContent;
  /** Members that were asked to let us in, and may answer yet. */
  late?: LateAnswers;
}
