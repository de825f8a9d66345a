/** Asks a relay that runs, over its admin socket. @module */
import { AdminError, type AdminRequest } from "./admin_requests.ts";
import { readLines } from "./json_lines.ts";

/** Longest answer: a list of all connections that there may be. */
const MAX_ANSWER = 64 * 1_048_576;

/** The answer to one request. @throws {AdminError} With a sentence. */
export async function askRelay(path: string, request: AdminRequest): Promise<unknown> {
  const connection = await connect(path);
  try {
    const bytes = new TextEncoder().encode(`${JSON.stringify(request)}\n`);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    for await (const line of readLines(connection, MAX_ANSWER)) return readAnswer(line);
  } catch (error) {
    if (error instanceof AdminError) throw error;
    throw new AdminError("no_answer", "Cannot ask the relay: it hung up before it answered", {
      cause: error,
    });
  } finally {
    connection.close();
  }
  throw new AdminError("no_answer", "Cannot ask the relay: it hung up before it answered");
}

async function connect(path: string): Promise<Deno.Conn> {
  try {
    const { uid } = await Deno.lstat(path);
    const me = Deno.uid();
    if (uid !== null && me !== null && me !== 0 && uid !== me) {
      throw new AdminError(
        "not_yours",
        `Cannot ask the relay: ${path} belongs to somebody else; ask as its owner`,
      );
    }
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    if (error instanceof AdminError) throw error;
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new AdminError("not_yours", `Cannot ask the relay: only the owner of ${path} may`, {
        cause: error,
      });
    }
    throw new AdminError(
      "not_listening",
      `Cannot ask the relay: none listens at ${path}; start it with --admin-socket, or name its path with --socket`,
      { cause: error },
    );
  }
}

function readAnswer(line: string | undefined): unknown {
  let answer: { ok?: unknown; result?: unknown; error?: { code?: unknown; message?: unknown } } | null;
  try {
    answer = JSON.parse(line ?? "");
  } catch (error) {
    throw new AdminError("no_answer", "Cannot ask the relay: its answer cannot be read", { cause: error });
  }
  if (answer?.ok === true) return answer.result;
  const { code, message } = answer?.error ?? {};
  throw new AdminError(String(code ?? "failed"), String(message ?? "The relay could not do this"));
}
