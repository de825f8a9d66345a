/** A Unix socket at which the owner of a relay, and nobody else, sees and steers it. @module */
import type { AdminDesk } from "./admin_desk.ts";
import { checkDirectory, makeWay } from "./admin_path.ts";
import { AdminError, MAX_REQUEST, readRequest } from "./admin_requests.ts";
import { readLines } from "./json_lines.ts";

/** An admin socket that listens. */
export interface AdminSocket {
  /** Where it is. */
  readonly path: string;
  /** Stops listening and removes it. */
  close(): Promise<void>;
}

/**
 * Opens the socket with mode 0600. Each request is one line of JSON, and so is each answer: `{"ok":true,"result":…}` or
 * `{"ok":false,"error":{"code","message"}}`. The desk is closed with the socket, or when it cannot be opened.
 *
 * @throws {AdminError} With a sentence, when something else is there or others could replace it.
 */
export async function openAdminSocket(path: string, desk: AdminDesk): Promise<AdminSocket> {
  const listener = await listenAt(path).catch((error) => {
    desk.close();
    throw error;
  });
  const open = new Map<Deno.Conn, Promise<void>>();
  const serving = (async () => {
    for await (const connection of listener) {
      const served = serve(connection, desk).finally(() => {
        open.delete(connection);
        close(connection);
      });
      open.set(connection, served);
    }
  })();
  return {
    path,
    async close() {
      listener.close(); // which removes the socket as well
      await serving;
      const ends = [...open.values()];
      for (const connection of open.keys()) close(connection);
      await Promise.all(ends);
      desk.close();
    },
  };
}

async function listenAt(path: string): Promise<Deno.UnixListener> {
  try {
    await checkDirectory(path);
    await makeWay(path);
    return listen(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const why =
      "it was not started with the permissions for it: --allow-sys, and read, write and net for the path";
    throw new AdminError("bad_path", `Cannot open the admin socket ${path}: ${why}`, { cause: error });
  }
}

/** Nobody else can open it, not even in the moment between its making and a change of its mode. */
function listen(path: string): Deno.UnixListener {
  const before = Deno.umask(0o177);
  try {
    return Deno.listen({ transport: "unix", path });
  } catch (error) {
    const why = error instanceof Deno.errors.PermissionDenied
      ? "the system does not allow it"
      : path.length > 100
      ? "its path is too long"
      : "the system refused it";
    throw new AdminError("bad_path", `Cannot open the admin socket ${path}: ${why}`, { cause: error });
  } finally {
    Deno.umask(before);
  }
}

async function serve(connection: Deno.Conn, desk: AdminDesk): Promise<void> {
  try {
    for await (const line of readLines(connection, MAX_REQUEST)) {
      if (line === undefined) {
        await answer(
          connection,
          refused(new AdminError("too_large", "Cannot read the request: it is too long")),
        );
        return;
      }
      await answer(connection, await ask(line, desk));
    }
  } catch {
    // The other end has gone, or the socket is being closed.
  }
}

async function ask(line: string, desk: AdminDesk): Promise<unknown> {
  try {
    return { ok: true, result: await desk.do(readRequest(line)) };
  } catch (error) {
    return refused(
      error instanceof AdminError ? error : new AdminError("failed", "The relay could not do this"),
    );
  }
}

function refused({ code, message }: AdminError): unknown {
  return { ok: false, error: { code, message } };
}

async function answer(connection: Deno.Conn, what: unknown): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(what)}\n`);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
