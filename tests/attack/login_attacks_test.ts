/** Those who want to come in at a relay's door without what it asks for. */
import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { AccessDesk, type AccessOptions } from "../../relay/access_desk.ts";
import { AccessTokens } from "../../relay/access_tokens.ts";
import { Accounts } from "../../relay/accounts.ts";
import { type ListenerKind, openRelay } from "../../relay/open_relay.ts";
import { PasswordVerifier } from "../../relay/password.ts";
import { CloseCode, decodeLoginAnswer, encodeLoginStep, ErrorCode } from "../../wire/mod.ts";
import { accountOf, FEW, keptBy, logIn, register, said, scram, useToken } from "../desk_helpers.ts";
import { Visitor } from "./visitor.ts";

const PASSWORD = "relay password";
const ATTACKER = "203.0.113.66";
const HOME = "192.0.2.1";

interface Fort {
  desk: AccessDesk;
  tokens: AccessTokens;
  accounts: Accounts;
  come(ip: string): Promise<Visitor>;
}

/** A relay that asks for a login, with alice's account; its doors cannot be tried too often. */
async function withFort(
  run: (fort: Fort) => Promise<void>,
  { listener = "deno", ...options }: AccessOptions & { listener?: ListenerKind } = {},
): Promise<void> {
  const accounts = new Accounts([await accountOf("alice", "wonderland")]);
  const tokens = new AccessTokens();
  const password = await PasswordVerifier.create(PASSWORD, { iterations: FEW });
  const desk = new AccessDesk({ password, tokens, accounts, accountIterations: FEW, ...options });
  const limits = { connectBurst: 10_000, maxConnectionsPerIp: 10_000 };
  const relay = await openRelay({ port: 0, listener, access: desk, limits, trustProxy: ["127.0.0.1/32"] });
  try {
    await run({ desk, tokens, accounts, come: (ip) => Visitor.come(relay.url, ip) });
  } finally {
    await relay.close();
  }
}

Deno.test("whoever has not logged in can neither enter nor found rooms, nor list or take them up again", () =>
  withFort(async ({ come }) => {
    await using stranger = await come(ATTACKER);
    equal(await stranger.join(), ErrorCode.authRequired);
    stranger.send({ type: "list" });
    stranger.send({ type: "resume", token: new Uint8Array(32), roomEpoch: new Uint8Array(16), lastSeq: 0 });
    for (let i = 0; i < 2; i++) {
      const frame = await stranger.next();
      equal(frame.type === "error" && frame.code, ErrorCode.authRequired);
    }
    equal(await logIn(stranger.step, "", "guess"), "authFailed");
    equal(await stranger.join(), ErrorCode.authRequired);
    equal(await logIn(stranger.step, "", PASSWORD), "ok");
    equal(await stranger.join(), "joined");
  }));

Deno.test("an attacker cannot guess the relay's password faster than its address may fail", () =>
  withFort(async ({ come }) => {
    let tried = 0;
    for (let i = 0; i < 12; i++) {
      await using guesser = await come(ATTACKER);
      const result = await logIn(guesser.step, "", `guess ${i}`);
      if (result === "authFailed") tried++;
      else equal(result, "rateLimited");
    }
    equal(tried, 5);
    await using late = await come(ATTACKER);
    equal(await logIn(late.step, "", PASSWORD), "rateLimited", "the right one is not even looked at");
    const refused = await late.step(encodeLoginStep({ method: "password", message: scram("", "x").first }));
    ok("refused" in refused && refused.refused.retryAfterMs > 0 && refused.refused.retryAfterMs <= 30_000);
    await using honest = await come(HOME);
    equal(await logIn(honest.step, "", PASSWORD), "ok");
  }));

Deno.test("an attacker with many connections at once gets no more guesses than with one", () =>
  withFort(async ({ come }) => {
    const guessers = await Promise.all(Array.from({ length: 12 }, () => come(ATTACKER)));
    // All begin before the first one fails.
    const finals = await Promise.all(guessers.map(async (guesser, i) => {
      const client = scram("", `guess ${i}`);
      const first = await guesser.step(encodeLoginStep({ method: "password", message: client.first }));
      ok("step" in first);
      return await client.final(decodeLoginAnswer(first.step).message);
    }));
    const results = await Promise.all(
      guessers.map(async (guesser, i) =>
        said(await guesser.step(encodeLoginStep({ method: "password", message: finals[i] ?? "" })))
      ),
    );
    equal(results.filter((result) => result === "authFailed").length, 5);
    equal(results.filter((result) => result === "rateLimited").length, 7);
    for (const guesser of guessers) await guesser[Symbol.asyncDispose]();
  }));

Deno.test("an attacker with many addresses cannot guess an account's password faster than the account may be tried", () =>
  withFort(async ({ come }) => {
    await using alice = await come(HOME);
    equal(await logIn(alice.step, "alice", "wonderland"), "ok");
    let tried = 0;
    for (let i = 0; i < 24; i++) {
      await using guesser = await come(`198.51.100.${i}`);
      if (await logIn(guesser.step, "alice", `guess ${i}`) === "authFailed") tried++;
    }
    equal(tried, 20);
    await using again = await come(HOME);
    equal(await logIn(again.step, "alice", "wonderland"), "ok", "where alice has logged in she still can");
    await using bob = await come("198.51.100.99");
    equal(await logIn(bob.step, "bob", "x"), "authFailed", "other names are not held up");
    await using guest = await come("198.51.100.98");
    equal(await logIn(guest.step, "", PASSWORD), "ok", "nor is the relay's password");
  }));

Deno.test("an attacker cannot guess access tokens faster than its address may fail", () =>
  withFort(async ({ come, desk }) => {
    const { token } = desk.createToken({ name: "bob", ttlMs: 60_000 });
    await using guesser = await come(ATTACKER);
    const results: string[] = [];
    for (let i = 0; i < 8; i++) results.push(await useToken(guesser.step, crypto.randomUUID()));
    deepEqual(results, [...Array(5).fill("authFailed"), ...Array(3).fill("rateLimited")]);
    equal(await useToken(guesser.step, token), "rateLimited");
    await using bob = await come(HOME);
    equal(await useToken(bob.step, token), "ok");
    equal(await bob.join(), "joined");
  }));

Deno.test("an attacker cannot tell a token that is expired, revoked, used up or bound elsewhere from one that never was", async () => {
  let now = 0;
  const tokens = new AccessTokens({ now: () => now });
  await withFort(async ({ come }) => {
    const expired = tokens.create({ name: "expired", ttlMs: 1 });
    const revoked = tokens.create({ name: "revoked", ttlMs: 60_000 });
    const bound = tokens.create({ name: "bound", ttlMs: 60_000, ip: HOME });
    const used = tokens.create({ name: "used", ttlMs: 60_000, uses: 1 });
    tokens.use(used.token, HOME);
    tokens.revoke(revoked.token);
    now = 10;
    const answers: Uint8Array[][] = [];
    for (const token of [crypto.randomUUID(), expired.token, revoked.token, bound.token, used.token]) {
      await using visitor = await come(ATTACKER);
      equal(await useToken(visitor.step, token), "authFailed");
      answers.push(visitor.heard);
    }
    for (const answer of answers) deepEqual(answer, answers[0]);
  }, { tokens });
});

Deno.test("an attacker cannot tell an account that exists from one that does not", () =>
  withFort(async ({ come, accounts, desk }) => {
    accounts.add(await accountOf("disabled", "x"));
    desk.disableAccount("disabled", true);
    const shapes: unknown[] = [];
    const salts = new Map<string, string[]>();
    for (const name of ["alice", "nobody", "disabled", "alice", "nobody", "disabled"]) {
      await using visitor = await come(`198.51.100.${shapes.length}`);
      const client = scram(name, "guess");
      const first = await visitor.step(encodeLoginStep({ method: "account", message: client.first }));
      ok("step" in first);
      const { message } = decodeLoginAnswer(first.step);
      const [, salt = "", iterations] = message.split(",");
      salts.set(name, [...salts.get(name) ?? [], salt]);
      const final = await client.final(message);
      const last = await visitor.step(encodeLoginStep({ method: "account", message: final }));
      // The relay's part of the nonce and the salt differ by design; all else must not.
      shapes.push([message.length, salt.length, iterations, last, visitor.heard[1], visitor.heard.length]);
    }
    for (const shape of shapes) deepEqual(shape, shapes[0]);
    for (const [name, [one, two]] of salts) equal(one, two, `the salt of ${name} is always the same`);
    equal(new Set([...salts.values()].flat()).size, 3);
  }));

Deno.test("which accounts exist does not show when a relay is started again with its account file", async () => {
  const secret = new Uint8Array(32).fill(9);
  const saltOf = async (given: Uint8Array): Promise<string | undefined> => {
    let salt: string | undefined;
    await withFort(async ({ come }) => {
      await using visitor = await come(ATTACKER);
      const step = encodeLoginStep({ method: "account", message: scram("nobody", "x").first });
      const first = await visitor.step(step);
      salt = "step" in first ? decodeLoginAnswer(first.step).message.split(",")[1] : undefined;
    }, { secret: given });
    return salt;
  };
  const salt = await saltOf(secret);
  equal(await saltOf(secret), salt);
  notDeepEqual(await saltOf(secret.with(0, 1)), salt);
});

Deno.test("a login that was recorded does not fit another connection", () =>
  withFort(async ({ come }) => {
    await using alice = await come(HOME);
    equal(await logIn(alice.step, "alice", "wonderland"), "ok");
    await using mallory = await come(ATTACKER);
    for (const [i, step] of alice.steps.entries()) {
      const result = await mallory.step(step);
      equal(said(result), i === 0 ? "more" : "authFailed");
    }
    notDeepEqual(mallory.heard[0], alice.heard[0], "the relay never says the same nonce twice");
    equal(await mallory.join(), ErrorCode.authRequired);
    equal(said(await alice.step(alice.steps[1] ?? new Uint8Array())), "authFailed", "nor the same one again");
  }));

Deno.test("whoever knows what is stored of a password cannot log in by sending it", () =>
  withFort(async ({ come, accounts }) => {
    const stored = accounts.get("alice");
    ok(stored);
    await using thief = await come(ATTACKER);
    const client = scram("alice", "");
    const first = await thief.step(encodeLoginStep({ method: "account", message: client.first }));
    ok("step" in first);
    const nonce = decodeLoginAnswer(first.step).message.split(",")[0];
    for (const key of [stored.storedKey, stored.serverKey, new Uint8Array(32)]) {
      const proof = btoa(String.fromCharCode(...key));
      const message = `c=biws,${nonce},p=${proof}`;
      equal(said(await thief.step(encodeLoginStep({ method: "account", message }))), "authFailed");
    }
    equal(await thief.join(), ErrorCode.authRequired);
  }));

Deno.test("a dump of what the relay keeps of its tokens and accounts lets nobody in", () =>
  withFort(async ({ come, desk, tokens, accounts }) => {
    let token = "";
    const kept = keptBy(() => {
      ({ token } = desk.createToken({ name: "bob", ttlMs: 60_000, uses: 3 }));
      const login = desk.begin({ ip: HOME, secure: true }, () => {});
      const result = login.take(encodeLoginStep({ method: "token", token }), 0);
      ok(!(result instanceof Promise));
      equal(said(result), "ok");
      login.ended();
    });
    const id = tokens.list()[0]?.id ?? "";
    ok(kept.includes(id) && kept.includes(HOME), "this is where it would be");
    const dump = kept + JSON.stringify([tokens.list(), accounts.list()]);
    for (const secret of [token, token.slice(9, 23), "wonderland"]) equal(dump.includes(secret), false);
    await using thief = await come(ATTACKER);
    const [, hash = ""] = new RegExp(`(${id}[0-9a-f]{56})`).exec(kept) ?? [];
    for (const stolen of [id, hash.slice(0, 36)]) equal(await useToken(thief.step, stolen), "authFailed");
  }));

Deno.test("a token that is revoked puts out everybody who came in by it, at once", async () => {
  const attack = async ({ come, desk }: Fort): Promise<void> => {
    const { token, id } = desk.createToken({ name: "bob", ttlMs: 60_000 });
    await using bob = await come(HOME);
    await using carol = await come(HOME);
    equal(await useToken(bob.step, token), "ok");
    equal(await bob.join(), "joined");
    equal(await logIn(carol.step, "", PASSWORD), "ok");
    equal(desk.revokeToken(id), true);
    equal(await bob.closed, CloseCode.loggedOut);
    await using again = await come(HOME);
    equal(await useToken(again.step, token), "authFailed");
    equal(await carol.join(2), "joined", "others are not touched");
  };
  for (const listener of ["deno", "node"] as const) await withFort(attack, { listener });
});

Deno.test("an account that is disabled is put out at once and does not come back", () =>
  withFort(async ({ come, desk }) => {
    await using alice = await come(HOME);
    equal(await logIn(alice.step, "alice", "wonderland"), "ok");
    equal(await alice.join(), "joined");
    desk.disableAccount("alice", true);
    equal(await alice.closed, CloseCode.loggedOut);
    await using again = await come(HOME);
    equal(await logIn(again.step, "alice", "wonderland"), "authFailed");
  }));

Deno.test("a stranger cannot take over an account by registering its name", () =>
  withFort(async ({ come }) => {
    await using mallory = await come(ATTACKER);
    for (const name of ["alice", "ALICE", "Alice"]) {
      equal(await register(mallory.step, name, "mine now"), "accountTaken");
    }
    equal(await mallory.join(), ErrorCode.authRequired);
    await using alice = await come(HOME);
    equal(await logIn(alice.step, "alice", "wonderland"), "ok");
  }, { registration: "open" }));

Deno.test("a connection that only tries logins is closed", () =>
  withFort(async ({ come }) => {
    await using visitor = await come(ATTACKER);
    const step = encodeLoginStep({ method: "token", token: crypto.randomUUID() });
    for (let i = 0; i < 33; i++) visitor.send({ type: "auth", bytes: step });
    equal(await visitor.closed, CloseCode.refused);
  }));
