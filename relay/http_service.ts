/** HTTP as a listener uses it: the door at once, the routes when they are first asked for. @module */
import type { HttpAdmin } from "./http_admin.ts";
import type { ApiParts, HttpApi } from "./http_api.ts";
import { type DoorRules, HttpDoor } from "./http_door.ts";
import type { Relay } from "./relay.ts";
import { hasPath, type Site } from "./site.ts";

/** Settings of {@linkcode httpService}. */
export interface HttpOptions extends Omit<DoorRules, "metrics" | "pages"> {
  /** Checks operators and keeps tokens. @default nobody is an operator */
  admin?: HttpAdmin;
  /** How long a token lasts unless its maker says otherwise. @default 86_400_000 */
  tokenTtlMs?: number;
  /** How long the body of a request may take. @default 5_000 */
  bodyTimeoutMs?: number;
  /** Prometheus text for `/metrics`. */
  metrics?: () => Promise<string>;
  /** What is served beside the rooms: the client, downloads. @default a page at `/` alone */
  site?: Site;
  /** What `/health` says of the version. */
  version?: string;
  /** Whether the relay is on its way out. */
  draining?: () => boolean;
  /** Milliseconds that only grow. @default `performance.now` */
  now?: () => number;
}

/** What a listener asks. */
export interface HttpService {
  /** Decides over a request by its head. */
  readonly door: HttpDoor;
  /** Answers what the door lets through. */
  readonly ask: HttpApi;
}

/** Makes the service. @throws {RangeError} Naming the rule that cannot be read. */
export function httpService(relay: Relay, options: HttpOptions = {}): HttpService {
  const { admin, metrics, now = () => performance.now(), draining = () => false, site = {} } = options;
  const door = new HttpDoor(relay, {
    ...options,
    metrics: metrics !== undefined,
    pages: (path) => hasPath(site, path),
  });
  const parts: ApiParts = {
    health: {
      relay,
      tokens: () => admin?.size ?? 0,
      draining,
      now,
      startedAt: now(),
      version: options.version,
    },
    origins: door.origins,
    admin,
    tokenTtlMs: options.tokenTtlMs ?? 86_400_000,
    bodyTimeoutMs: options.bodyTimeoutMs ?? 5_000,
    metrics,
    site,
  };
  let api: Promise<HttpApi> | undefined;
  // Routes and their packages cost start-up time that a relay without such requests need not pay.
  const load = async (): Promise<HttpApi> => (await import("./http_api.ts")).createApi(parts);
  return { door, ask: async (...question) => await (await (api ??= load()))(...question) };
}
