/** What a typed line comes down to. @module */
import type { SessionCommand } from "../client/commands.ts";
import type { FileRequest } from "./files/file_request.ts";
import type { JoinWords } from "./join_words.ts";

/** What line mode does with a line. */
export type LineAction =
  | { kind: "nothing" }
  | { kind: "session"; command: SessionCommand }
  | { kind: "join"; words: JoinWords }
  | { kind: "register"; name: string; password: string }
  | { kind: "login"; name: string; password: string }
  | { kind: "list" }
  | FileRequest
  | { kind: "leave" | "quit" | "clear" | "rejoin" }
  | { kind: "help"; about: string };
