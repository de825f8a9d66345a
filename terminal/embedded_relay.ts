/** A relay inside the client, for `host`. It is only loaded when it is wanted. @module */
import { ClientError } from "../client/errors.ts";
import { lanAddress } from "../relay/lan_address.ts";
import { DEFAULT_PORT } from "./relay_url.ts";

/** What those are told who are still there when it ends. */
const ENDED = "It ran in the program of a member who has left, and ends now. Meet again at another relay.";

/** A relay of our own that listens. */
export interface EmbeddedRelay {
  /** What we connect to, and what goes into the invite. */
  url: string;
  /** Something the user should know about it. */
  message: string | null;
  /** Stops it. */
  close(): Promise<void>;
}

/**
 * Opens a relay in this process.
 *
 * @param options.lan Listen on all addresses and invite by that of the local network.
 * @param options.port Port; without one, 4443 or, where that is in use, any free one.
 * @throws {ClientError} `port_in_use` or `port_forbidden`.
 */
export async function openEmbeddedRelay(
  options: { lan: boolean; port: number | undefined },
): Promise<EmbeddedRelay> {
  const { openRelay } = await import("../relay/open_relay.ts");
  const hostname = options.lan ? "0.0.0.0" : "127.0.0.1";
  const open = async (port: number): Promise<Awaited<ReturnType<typeof openRelay>>> => {
    try {
      return await openRelay({ hostname, port });
    } catch (error) {
      throw portError(error, port);
    }
  };
  const relay = await open(options.port ?? DEFAULT_PORT).catch((error) => {
    const elsewhere = options.port === undefined && error instanceof ClientError &&
      error.code === "port_in_use";
    if (!elsewhere) throw error;
    return open(0);
  });
  const address = options.lan ? lanAddress() : null;
  const url = `ws://${address ?? "127.0.0.1"}:${relay.port}/ws`;
  const close = async (): Promise<void> => {
    relay.relay.control.drain(ENDED); // whoever is still there knows why
    await relay.close();
  };
  return { url, message: listening(options.lan, address, relay.port), close };
}

function listening(lan: boolean, address: string | null, port: number): string {
  if (!lan) return `This room's relay runs here, on 127.0.0.1:${port}, and ends with it`;
  if (address === null) {
    return `This room's relay listens on port ${port}, but this computer's network address could not be found: ` +
      "put it into the invite in place of 127.0.0.1";
  }
  return `This room's relay runs here, on ${address}:${port} for your network, and ends with it`;
}

function portError(error: unknown, port: number): unknown {
  if (error instanceof Deno.errors.AddrInUse) {
    return new ClientError(
      "port_in_use",
      `Cannot open a relay on port ${port}: another program uses it. Choose one with --port, or --port 0 for any`,
      { cause: error },
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new ClientError(
      "port_forbidden",
      `Cannot open a relay on port ${port}: this system does not allow it`,
      {
        cause: error,
      },
    );
  }
  return error;
}
