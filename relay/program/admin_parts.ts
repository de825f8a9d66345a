/** The admin socket that the settings ask for. @module */
import config from "../../deno.json" with { type: "json" };
import { AdminDesk } from "../admin_desk.ts";
import { defaultSocketPath } from "../admin_path.ts";
import { AdminError } from "../admin_requests.ts";
import { type AdminSocket, openAdminSocket } from "../admin_socket.ts";
import type { Relay } from "../relay.ts";
import type { AccessParts } from "./access_parts.ts";
import { processEnv } from "./env_file.ts";
import { UsageError } from "../usage_error.ts";

/** What can be seen and steered over it. */
export interface AdminPartsOptions {
  /** Where it is to be; empty for the usual place. */
  path: string;
  relay: Relay;
  /** How long a token lasts unless its maker says otherwise. */
  tokenTtlMs: number;
  access: AccessParts | undefined;
}

/** Opens the socket. @throws {UsageError} When it cannot be there. */
export async function openAdmin(
  { path, relay, access, tokenTtlMs }: AdminPartsOptions,
): Promise<AdminSocket> {
  const desk = new AdminDesk({
    relay,
    tokenTtlMs,
    version: config.version,
    access: access?.desk,
    accounts: access?.accounts,
  });
  try {
    return await openAdminSocket(
      path === "" ? defaultSocketPath(processEnv()("XDG_RUNTIME_DIR"), "--admin-socket") : path,
      desk,
    );
  } catch (error) {
    desk.close();
    throw error instanceof AdminError ? new UsageError(`${error.message} (--admin-socket)`) : error;
  }
}
