/** The first look at a request: who sends it, whether it may, and whether it opens a WebSocket. @module */
import { SUBPROTOCOL, WS_PATH } from "../wire/mod.ts";
import type { Guest } from "./access.ts";
import { type Cidr, parseCidr } from "./cidr.ts";
import { clientAddress, type HeaderReader, type Peer } from "./client_address.ts";
import { type HttpAnswer, problem, SAFE_HEADERS } from "./http_answers.ts";
import { type Origins, parseOrigins } from "./origins.ts";

/** Who may come near, and by which ways. */
export interface DoorRules {
  /** Pages of other origins that browsers may use: `https://host`, or `*`. @default none */
  origins?: readonly string[];
  /** Only these addresses may come (CIDR). @default all */
  allow?: readonly string[];
  /** These addresses may not (CIDR). @default none */
  deny?: readonly string[];
  /** Proxies whose `X-Forwarded-For` and `Forwarded` are believed (CIDR). @default none */
  trustProxy?: readonly string[];
  /** Addresses that are banned at the moment. */
  blocked?: (ip: string) => boolean;
  /** Whether `/metrics` is answered here. @default false */
  metrics?: boolean;
  /** Whether there is something to read at a path beyond the relay's own, which is compared byte by byte. */
  pages?: (path: string) => boolean;
}

/** The head of a request, as both listeners read it. */
export interface HttpHead {
  method: string;
  /** Path and query exactly as they came; a request of another form has none that begins with a slash. */
  target: string;
  headers: HeaderReader;
  peer: Peer;
}

/** What is to happen with a request. */
export type Meeting =
  & { guest: Guest }
  & ({ refused: HttpAnswer } | { upgrade: true } | { ask: string });

/** A relay, as far as its door cares. */
export interface Busy {
  /** True when no further connection should even be upgraded. */
  readonly overloaded: boolean;
}

const HOST = /^(?:[a-z0-9_.-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;
const READ = ["GET", "HEAD"];
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  "/": READ,
  "/health": READ,
  "/ready": READ,
  "/metrics": READ,
  "/tokens": READ,
  "/generate_token": ["POST"],
  "/revoke_token": ["POST"],
  [WS_PATH]: ["GET"],
};

/** Looks at requests. It never waits: most of them open WebSockets. */
export class HttpDoor {
  /** Pages that may use it. */
  readonly origins: Origins;
  readonly #relay: Busy;
  readonly #allow: readonly Cidr[];
  readonly #deny: readonly Cidr[];
  readonly #trusted: readonly Cidr[];
  readonly #blocked: (ip: string) => boolean;
  readonly #metrics: boolean;
  readonly #pages: (path: string) => boolean;

  /** A door with rules. @throws {RangeError} Naming the rule that cannot be read. */
  constructor(relay: Busy, rules: DoorRules = {}) {
    const { origins = [], allow = [], deny = [], trustProxy = [], metrics = false } = rules;
    this.#relay = relay;
    this.origins = parseOrigins(origins);
    this.#allow = allow.map(parseCidr);
    this.#deny = deny.map(parseCidr);
    this.#trusted = trustProxy.map(parseCidr);
    this.#blocked = rules.blocked ?? (() => false);
    this.#metrics = metrics;
    this.#pages = rules.pages ?? (() => false);
  }

  /** Whether an address is a proxy that speaks for others. */
  trusts(ip: string): boolean {
    return this.#trusted.some((range) => range.has(ip));
  }

  /** Decides over a request by its head alone. */
  meet(head: HttpHead): Meeting {
    const guest: Guest = clientAddress(head.headers, head.peer, this.#trusted);
    const refused = (
      status: number,
      code: string,
      message: string,
      headers: Record<string, string> = {},
    ): Meeting => ({ guest, refused: problem(status, code, { message, headers }) });
    if (this.#isBanned(guest.ip)) {
      return refused(403, "banned", "This relay takes no connections from your address.");
    }
    const { method, target, headers } = head;
    const host = headers.get("host") ?? "";
    if (!HOST.test(host)) return refused(400, "bad_request", "The Host header is missing or malformed.");
    if (!target.startsWith("/")) return refused(400, "bad_request", "The request must name a path.");
    const path = target.split("?", 1)[0] ?? "";
    const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : this.#pages(path) ? READ : undefined;
    if (methods === undefined || (path === "/metrics" && !this.#metrics)) {
      return refused(404, "not_found", "Nothing is here.");
    }
    const origin = headers.get("origin");
    const upgrades = headers.get("upgrade")?.toLowerCase() === "websocket";
    const admitted = this.origins.admits(origin, host);
    if (method === "OPTIONS") return { guest, refused: this.#preflight(origin, methods) };
    if (!methods.includes(method) && !(path === WS_PATH && method === "HEAD")) {
      const allow = [...methods, "OPTIONS"].join(", ");
      return refused(405, "method_not_allowed", `Only ${allow} can be used here.`, { allow });
    }
    if (!admitted && (method === "POST" || path === WS_PATH)) {
      return refused(403, "foreign_origin", "This relay does not let pages of that origin use it.");
    }
    if (path !== WS_PATH) return { guest, ask: path };
    if (!upgrades) {
      const sentence = `This is a Sotto relay: ${WS_PATH} takes WebSocket connections.`;
      return refused(426, "upgrade_required", sentence, { upgrade: "websocket" });
    }
    const protocols = headers.get("sec-websocket-protocol")?.split(",") ?? [];
    if (!protocols.some((protocol) => protocol.trim() === SUBPROTOCOL)) {
      const sentence = `This is a Sotto relay: the WebSocket subprotocol must be ${SUBPROTOCOL}.`;
      return refused(400, "subprotocol", sentence);
    }
    if (this.#relay.overloaded) return { guest, refused: busyAnswer() };
    return { guest, upgrade: true };
  }

  #isBanned(ip: string): boolean {
    if (this.#deny.some((range) => range.has(ip))) return true;
    if (this.#allow.length > 0 && !this.#allow.some((range) => range.has(ip))) return true;
    return this.#blocked(ip);
  }

  /** What may be asked; another page than the relay's own is told only if it is listed. */
  #preflight(origin: string | null, methods: readonly string[]): HttpAnswer {
    const allow = [...methods, "OPTIONS"].join(", ");
    const headers: Record<string, string> = { ...SAFE_HEADERS, allow, vary: "origin" };
    const shared = this.origins.shares(origin);
    if (shared !== undefined) {
      headers["access-control-allow-origin"] = shared;
      headers["access-control-allow-methods"] = methods.join(", ");
      headers["access-control-allow-headers"] = "authorization, content-type";
      headers["access-control-max-age"] = "600";
    }
    return { status: 204, body: "", headers };
  }
}

/** Says that the relay is full, and when to come back. */
export function busyAnswer(): HttpAnswer {
  const message = "The relay is full; try again later.";
  return problem(503, "relay_full", { message, headers: { "retry-after": "30" } });
}
