/** What the user wants to do, and the options that go with it: what a command line comes down to. @module */
import type { CompletionsWish } from "../relay/program/shell/completions_command.ts";
import type { ThemeName } from "./screen/theme.ts";

/** Options that every way of starting takes. */
export interface CommonOptions {
  /** The relay's address as it was written, when one was named. */
  relay?: string | undefined;
  /** Speak TLS to the relay and nothing else. */
  ssl: boolean;
  /** File with the certificates of the issuers to trust. */
  ca?: string | undefined;
  /** SHA-256 of the one certificate that the relay may show. */
  pin?: Uint8Array | undefined;
  /** Access token for the relay. */
  token?: string | undefined;
  /** Send the token even where others on the way can read it. */
  insecureToken: boolean;
  /** The relay's password, as `connect` says it. */
  relayPassword?: string | undefined;
  /** File with the relay's password; `-` is standard input. */
  relayPasswordFile?: string | undefined;
  /** Ask for the relay's password without echo. */
  askRelayPassword: boolean;
  /** Account at the relay. */
  account?: string | undefined;
  /** File with the account's password; `-` is standard input. */
  accountPasswordFile?: string | undefined;
  /** Nickname, when one was named. */
  nick?: string | undefined;
  /** Most members of a room that is founded. */
  limit?: number | undefined;
  /** How long a member that has lost its connection stays one, in milliseconds. */
  away?: number | undefined;
  /** How long a lost connection is tried again, in milliseconds; without it, for ever. */
  giveUp?: number | undefined;
  /** JSON mode. */
  json: boolean;
  /** Plain lines: no line editor, colours or QR. */
  plain: boolean;
  /** Lines with a line editor, in place of the full screen. */
  lines: boolean;
  /** Config file of the full screen, or `none`. */
  config?: string | undefined;
  /** Colours of the full screen. */
  theme?: ThemeName | undefined;
  /** Locks the full screen after so many milliseconds without a key. */
  lock?: number | undefined;
  /** File with the password; `-` is standard input. */
  passwordFile?: string | undefined;
  /** Ask for the password without echo. */
  askPassword: boolean;
}

/** A task that leads into a room. */
export type RoomTask =
  | { action: "host"; lan: boolean; port: number | undefined }
  | { action: "create"; public?: string; topic?: string }
  | { action: "join"; code: string; password?: string }
  | { action: "ask" };

/** A task that needs no room. */
export type Errand =
  | { action: "register"; name: string; password?: string }
  | { action: "login"; name: string; password?: string }
  | { action: "list" }
  | { action: "check-client"; invite: string };

/** A task that needs no relay. */
export type Offline = { action: "completions" } & CompletionsWish;

/** What the user wants to do. */
export type Task = RoomTask | Errand | Offline;
