/** Relays with HTTP routes, for tests over real sockets, and requests as bytes. */
import type { NewToken, TokenInfo } from "../relay/access_tokens.ts";
import type { AdminCredentials, HttpAdmin } from "../relay/http_admin.ts";
import { type ListenerKind, openRelay, type OpenRelayOptions, type RunningRelay } from "../relay/mod.ts";

/** The password of {@linkcode FakeAdmin}; odd enough that every encoding shows. */
export const PASSWORD = "pä ss&w=rd+%";

/** The listeners; what holds for one must hold for the other. */
export const LISTENERS: readonly ListenerKind[] = ["deno", "node"];

/** Keeps tokens as they are, and lets an address guess three times. */
export class FakeAdmin implements HttpAdmin {
  /** Every check: whose, from where. */
  readonly checks: { name: string; ip: string }[] = [];
  readonly tokens = new Map<string, TokenInfo>();
  readonly #wrong = new Map<string, number>();

  get size(): number {
    return this.tokens.size;
  }

  check(
    { name, password }: AdminCredentials,
    ip: string,
  ): Promise<"ok" | "wrong" | { retryAfterMs: number }> {
    this.checks.push({ name, ip });
    const wrong = this.#wrong.get(ip) ?? 0;
    if (wrong >= 3) return Promise.resolve({ retryAfterMs: 12_300 });
    if (password === PASSWORD && (name === "admin" || name === "olga")) return Promise.resolve("ok");
    this.#wrong.set(ip, wrong + 1);
    return Promise.resolve("wrong");
  }

  create(
    { name, ttlMs, ip, uses }: NewToken,
  ): { token: string; id: string; name: string; expiresAt: number } {
    if (name === "one too many") throw new RangeError("Cannot make a token: there are enough");
    const token = crypto.randomUUID();
    const facts: TokenInfo = { id: token.slice(0, 8), name, createdAt: 0, expiresAt: ttlMs, uses: 0 };
    if (ip !== undefined) facts.ip = ip;
    if (uses !== undefined) facts.maxUses = uses;
    this.tokens.set(token, facts);
    return { token, id: facts.id, name, expiresAt: facts.expiresAt };
  }

  revoke(idOrToken: string): boolean {
    for (const [token, { id }] of this.tokens) {
      if (token === idOrToken || id === idOrToken) return this.tokens.delete(token);
    }
    return false;
  }

  list(): TokenInfo[] {
    return [...this.tokens.values()];
  }
}

/** A relay for one test, with an operator. */
export interface HttpStage {
  relay: RunningRelay;
  admin: FakeAdmin;
  base: string;
}

/** Runs a test against a relay of each listener. */
export function onBothListeners(
  name: string,
  run: (stage: HttpStage) => Promise<void>,
  options: OpenRelayOptions = {},
): void {
  for (const listener of LISTENERS) onListener(listener, name, { run, options });
}

/** Runs a test against a relay of one listener. */
export function onListener(
  listener: ListenerKind,
  name: string,
  { run, options = {} }: { run: (stage: HttpStage) => Promise<void>; options?: OpenRelayOptions },
): void {
  Deno.test(`${listener} listener: ${name}`, async () => {
    const admin = new FakeAdmin();
    const relay = await openRelay({ port: 0, listener, admin, ...options });
    try {
      await run({ relay, admin, base: `http://127.0.0.1:${relay.port}` });
    } finally {
      await relay.close();
    }
  });
}

/** Basic credentials. */
export function basic(name: string, password: string): Record<string, string> {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

/** How long the relay may take to hang up, in milliseconds: far more than it needs. */
const PATIENCE_MS = 60_000;

/** The status of an answer whose body does not matter. */
export async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

/** What came back. */
export interface RawAnswer {
  /** Of the first answer; 0 when there was none. */
  status: number;
  /** Everything, heads included. */
  text: string;
  /** How many answers there were. */
  answers: number;
}

/**
 * Sends bytes, says after the first answer that there will be no more, and reads until the relay hangs up. A second
 * request that it found in them would be answered before.
 */
export async function raw(port: number, request: string | readonly string[]): Promise<RawAnswer> {
  const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  let text = "";
  let late = false;
  let ended = false;
  const timer = setTimeout(() => {
    late = true;
    connection.close();
  }, PATIENCE_MS);
  const writing = (async () => {
    for (const part of [request].flat()) {
      const bytes = new TextEncoder().encode(part);
      for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
    }
  })().catch(() => {}); // refused before it was all sent
  try {
    const buffer = new Uint8Array(16_384);
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      text += new TextDecoder().decode(buffer.subarray(0, count));
      if (!ended && isWhole(text)) {
        ended = true;
        await connection.closeWrite().catch(() => {}); // Deno's server does not hang up by itself
      }
    }
  } catch {
    // Cut: what was read counts.
  }
  await writing;
  clearTimeout(timer);
  if (late) {
    throw new Error(`Cannot read the answer: the relay did not hang up; it said ${JSON.stringify(text)}`);
  }
  connection.close();
  const heads = text.match(/HTTP\/1\.[01] \d{3}/g) ?? [];
  return { status: Number(heads[0]?.slice(9) ?? 0), text, answers: heads.length };
}

/** Whether the first answer has come with its body. */
function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
  return new TextEncoder().encode(text.slice(end + 4)).length >= length;
}

/** Connections that have sent half a head. */
export async function halfOpen(port: number, count: number): Promise<Deno.TcpConn[]> {
  const half = new TextEncoder().encode("GET /ws HTTP/1.1\r\nHost: x\r\n");
  const connections: Deno.TcpConn[] = [];
  while (connections.length < count) {
    const wave = Math.min(100, count - connections.length);
    connections.push(
      ...await Promise.all(Array.from({ length: wave }, async () => {
        const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
        await connection.write(half);
        return connection;
      })),
    );
  }
  return connections;
}
