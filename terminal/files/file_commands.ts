/** Makes commands for a session of paths that a user gives. @module */
import type { SessionCommand } from "../../client/commands.ts";
import { ClientError } from "../../client/errors.ts";
import type { FileRequest } from "./file_request.ts";
import { openSink } from "./file_sink.ts";
import { openSource } from "./file_source.ts";

/**
 * Makes the command for a request.
 *
 * @param request What the user asks for.
 * @param nameOf The name of the file that a message offers, if it offers one.
 * @throws {ClientError} With a sentence for the user.
 */
export async function fileCommand(
  request: FileRequest,
  nameOf: (id: string) => string | undefined,
): Promise<SessionCommand> {
  if (request.kind === "save") {
    const { id, path } = request;
    const name = nameOf(id);
    if (name === undefined) {
      throw new ClientError("no_file", "Cannot save: this message offers no file that is still known");
    }
    return { command: "save", id, sink: await openSink(name, path) };
  }
  const { path, to, ref } = request;
  return {
    command: "file",
    source: await openSource(path),
    ...(to === undefined ? {} : { to }),
    ...(ref === undefined ? {} : { ref }),
  };
}
