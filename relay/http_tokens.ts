/** The routes by which operators make, revoke and list access tokens. @module */
import type { Hono } from "hono";
import * as v from "valibot";
import type { Guest } from "./access.ts";
import { isAddress } from "./cidr.ts";
import { type AdminCredentials, type HttpAdmin, readBasic, unauthorized } from "./http_admin.ts";
import { HttpProblem, json, problem, retryAfter } from "./http_answers.ts";
import { type BodyLimits, type Fields, readFields, shown } from "./http_body.ts";

/** What hono hands on with a request. */
export interface ApiEnv {
  Bindings: { guest: Guest; path: string };
}

/** What the routes need. */
export interface TokenRouteOptions {
  admin: HttpAdmin | undefined;
  /** How long a token lasts unless its maker says otherwise. */
  ttlMs: number;
  body: BodyLimits;
}

/** The longest that a token may be asked to last, in seconds: a year. */
export const MAX_TTL_S = 31_536_000;

function whole(name: string, { max, unit = "" }: { max: number; unit?: string }) {
  const message = `${name} must be a whole number${unit} from 1 to ${max}`;
  return v.pipe(
    v.union([v.pipe(v.string(), v.regex(/^[0-9]{1,9}$/), v.transform(Number)), v.number()], message),
    v.integer(message),
    v.minValue(1, message),
    v.maxValue(max, message),
  );
}

const NAME = "username must be 1 to 32 printable characters, without spaces at its ends";
const IP = "ip must be an IP address, without a range or a port";
const WISH = v.strictObject({
  admin_password: v.optional(v.string()),
  username: v.pipe(v.string(NAME), v.regex(/^(?! )[^\p{C}\p{Zl}\p{Zp}]{1,32}(?<! )$/u, NAME)),
  ttl: v.optional(whole("ttl", { max: MAX_TTL_S, unit: " of seconds" })),
  ip: v.optional(v.pipe(v.string(IP), v.check(isAddress, IP))),
  uses: v.optional(whole("uses", { max: 1_000_000 })),
});
const WHICH = "token, or id, must say which token to revoke";
const REVOKE = v.pipe(
  v.strictObject({
    admin_password: v.optional(v.string()),
    token: v.optional(v.pipe(v.string(WHICH), v.maxLength(128, WHICH))),
    id: v.optional(v.pipe(v.string(WHICH), v.maxLength(128, WHICH))),
  }),
  v.check(({ token, id }) => (token === undefined) !== (id === undefined), WHICH),
);

/** Adds the routes. */
export function addTokenRoutes(app: Hono<ApiEnv>, { admin, ttlMs, body }: TokenRouteOptions): void {
  /** Throws unless the request proves an operator; reads the body only on a connection that may carry a password. */
  const enter = async (request: Request, guest: Guest): Promise<{ desk: HttpAdmin; fields: Fields }> => {
    const desk = requireDesk(admin, guest);
    const basic = readBasic(request.headers.get("authorization"));
    const fields = request.method === "POST" ? await readFields(request, body) : new Map();
    const password = fields.get("admin_password");
    const given = basic ?? (typeof password === "string" ? { name: "admin", password } : undefined);
    await prove(desk, given, guest.ip);
    return { desk, fields };
  };

  app.post("/generate_token", async (c) => {
    const { desk, fields } = await enter(c.req.raw, c.env.guest);
    const wish = parse(WISH, fields);
    const ttl = wish.ttl ?? Math.round(ttlMs / 1_000);
    let made: ReturnType<HttpAdmin["create"]>;
    try {
      made = desk.create({
        name: wish.username,
        ttlMs: ttl * 1_000,
        ...(wish.ip === undefined ? {} : { ip: wish.ip }),
        ...(wish.uses === undefined ? {} : { uses: wish.uses }),
      });
    } catch (error) {
      if (error instanceof RangeError) throw badField(error.message);
      throw error;
    }
    const { token, id, name, expiresAt } = made;
    return reply(json(200, { token, id, username: name, expires_at: new Date(expiresAt), ttl }));
  });

  app.post("/revoke_token", async (c) => {
    const { desk, fields } = await enter(c.req.raw, c.env.guest);
    const { token, id } = parse(REVOKE, fields);
    if (!desk.revoke(token ?? id ?? "")) {
      throw new HttpProblem(
        problem(404, "unknown_token", {
          message:
            "There is no such token: it has expired or was revoked, and nobody who came in by it is here; or it was never made.",
        }),
      );
    }
    return reply(json(200, { revoked: true }));
  });

  app.get("/tokens", async (c) => {
    const { desk } = await enter(c.req.raw, c.env.guest);
    const tokens = desk.list().map((token) => ({
      id: token.id,
      username: token.name,
      created_at: new Date(token.createdAt),
      expires_at: new Date(token.expiresAt),
      uses: token.uses,
      max_uses: token.maxUses ?? null,
      ip: token.ip ?? null,
    }));
    return reply(json(200, { tokens }));
  });
}

function requireDesk(admin: HttpAdmin | undefined, guest: Guest): HttpAdmin {
  if (admin === undefined) {
    const message =
      "This relay has no admin password. Start it with --password or ADMIN_PASSWORD to hand out tokens.";
    throw new HttpProblem(problem(403, "no_admin_password", { message }));
  }
  if (!guest.secure) {
    const message = "Passwords and tokens are taken only over TLS, or from this machine itself. " +
      "Behind a proxy with TLS, start the relay with --trust-proxy.";
    const headers = { connection: "close" };
    throw new HttpProblem(problem(403, "not_encrypted", { message, headers }));
  }
  return admin;
}

async function prove(desk: HttpAdmin, given: AdminCredentials | undefined, ip: string): Promise<void> {
  if (given === undefined) throw unauthorized();
  const verdict = await desk.check(given, ip);
  if (verdict === "wrong") throw unauthorized();
  if (verdict === "ok") return;
  const message = "Too many wrong passwords from your address; wait and try again.";
  throw new HttpProblem(
    problem(429, "too_many_tries", { message, headers: retryAfter(verdict.retryAfterMs) }),
  );
}

/** Reads fields by a schema; the refusal names the first field that is wrong. */
function parse<T extends v.GenericSchema>(schema: T, fields: Fields): v.InferOutput<T> {
  const { success, output, issues } = v.safeParse(schema, Object.fromEntries(fields), { abortEarly: true });
  if (success) return output;
  const [issue] = issues;
  const name = String(issue.path?.[0]?.key ?? "");
  if (issue.type !== "strict_object") throw badField(issue.message);
  throw badField(
    issue.expected === "never" ? `${shown(name)} is not a field of this request` : `${name} is missing`,
  );
}

function badField(message: string): HttpProblem {
  return new HttpProblem(problem(400, "bad_field", { message: `${message}.` }));
}

function reply({ status, body, headers }: ReturnType<typeof json>): Response {
  return new Response(body, { status, headers });
}
