/** Where the admin socket is, and whether it may be there. @module */
import { AdminError } from "./admin_requests.ts";

/** Bits of a mode. */
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * The path that is taken when none is named.
 *
 * @param option By which option one is named.
 * @throws {AdminError} Where the system has no place for it.
 */
export function defaultSocketPath(runtimeDirectory: string | undefined, option: string): string {
  if (runtimeDirectory !== undefined && runtimeDirectory.startsWith("/")) {
    return `${runtimeDirectory.replace(/\/+$/, "")}/sotto-relay.sock`;
  }
  throw new AdminError(
    "no_path",
    `Cannot find the place of the admin socket: XDG_RUNTIME_DIR is not set; name it, such as with ${option} ` +
      "/run/sotto/relay.sock",
  );
}

/** Refuses a directory in which others could put a socket in the place of ours. @throws {AdminError} */
export async function checkDirectory(path: string, os: string = Deno.build.os): Promise<void> {
  const directory = path.replace(/\/[^/]*$/, "") || (path.startsWith("/") ? "/" : ".");
  const where = directory === path ? "." : directory;
  const refuse = (why: string, cause?: unknown): never => {
    throw new AdminError("bad_path", `Cannot open the admin socket ${path}: ${why}`, { cause });
  };
  if (os === "windows") refuse("Deno has no such sockets on Windows; do without --admin-socket there");
  const stat = await Deno.stat(where).catch((error) => refuse(`there is no directory ${where}`, error));
  if (!stat.isDirectory) refuse(`${where} is no directory`);
  const { mode, uid } = stat;
  if (mode !== null && (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0) {
    refuse(`others can write to ${where}; run chmod go-w ${where}, or choose another directory`);
  }
  if (uid !== null && uid !== 0 && uid !== Deno.uid()) refuse(`${where} belongs to somebody else`);
}

/** Makes way for a socket: one that nobody listens at any more is removed. @throws {AdminError} */
export async function makeWay(path: string): Promise<void> {
  const refuse = (why: string): never => {
    throw new AdminError("bad_path", `Cannot open the admin socket ${path}: ${why}`);
  };
  let stat: Deno.FileInfo;
  try {
    stat = await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new AdminError("bad_path", `Cannot open the admin socket ${path}: it cannot be looked at`, {
      cause: error,
    });
  }
  if (stat.isSocket !== true) refuse("something else is there; choose another path");
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionRefused)) {
      refuse("the socket there belongs to somebody else");
    }
    await Deno.remove(path);
    return;
  }
  refuse("another relay listens there; stop it, or choose another path");
}
