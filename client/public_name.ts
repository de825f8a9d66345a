/** What a room may be called in a relay's list. @module */
import { utf8 } from "../crypto/bytes.ts";
import { MAX_PUBLIC_NAME } from "../wire/limits.ts";
import { ClientError } from "./errors.ts";

/** Checks what a room is to be called in the list. @throws {ClientError} `bad_name`, status 2. */
export function checkPublicName(text: string): string {
  const name = text.normalize("NFC").trim();
  const why = name === ""
    ? "it is empty"
    : utf8(name).length > MAX_PUBLIC_NAME
    ? `it is longer than ${MAX_PUBLIC_NAME} bytes`
    : /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name)
    ? "it has a character that cannot be seen"
    : undefined;
  if (why === undefined) return name;
  throw new ClientError("bad_name", `Cannot list the room under this name: ${why}`, { status: 2 });
}
