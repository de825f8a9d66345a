/** Field 1 of invites: which client a relay hands out, written by who founds and checked by who asks (SPEC §3.2). */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { formatInvite, parseInvite } from "../../crypto/invite.ts";
import type { SessionEvent } from "../../client/events.ts";
import type { RoomSession } from "../../client/commands.ts";
import { selfSigned } from "../../relay/self_signed.ts";
import { Entrances } from "../../terminal/entrances.ts";
import { RelayAccess, type RelaySettings } from "../../terminal/relay_access.ts";
import { checkClient, claimedClientHash, ownClientHash } from "../../terminal/relay_client.ts";
import type { Entrance } from "../../terminal/seat.ts";
import { bundle } from "../../tools/bundle.ts";
import { clientFile, sha256, SMALL_CLIENT, withSite } from "../site_helpers.ts";
import { pinOf, sourceOf } from "../tls_helpers.ts";
import { denoRun, ROOT, runToEnd } from "./_shipped.ts";

const CLIENT = denoRun(["-A"], `${ROOT}client.ts`);
const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(7);

/** An invite to a relay, which names this client. */
function inviteTo(relay: string, hash?: string, certHash?: Uint8Array): string {
  return formatInvite({
    relay,
    roomId: bytes(16),
    secret: bytes(16),
    ...(hash === undefined ? {} : { clientHash: Uint8Array.fromHex(hash) }),
    ...(certHash === undefined ? {} : { certHash: new Uint8Array(certHash) }),
  });
}

/** Goes in, and hears which invite is told and what else is said. */
async function goIn(entrance: Entrance): Promise<{ session: RoomSession; invite: string; codes: string[] }> {
  const events: SessionEvent[] = [];
  const told = Promise.withResolvers<string>();
  const session = await entrance({
    onEvent: (event) => {
      events.push(event);
      if (event.type === "invite") told.resolve(event.invite);
    },
    signal: new AbortController().signal,
  });
  await session.run({ command: "invite" });
  const invite = await told.promise;
  return { session, invite, codes: events.flatMap((event) => event.type === "notice" ? [event.code] : []) };
}

/** What the invite of a room says that is founded with these settings, and what that of its second member says. */
async function namedBy(settings: RelaySettings): Promise<(string | undefined)[]> {
  const alice = await goIn(new Entrances({ access: new RelayAccess(settings), nick: "alice" }).create());
  const bobs = new Entrances({ access: new RelayAccess({}), nick: "bob" });
  const bob = await goIn(bobs.join({ code: alice.invite }));
  for (const { session } of [bob, alice]) {
    session.abort();
    await session.ended;
  }
  return [alice, bob].map(({ invite }) => parseInvite(invite).clientHash?.toHex());
}

Deno.test("who founds a room writes into its invites which client the relay hands out, and members pass that on", async () => {
  await withSite({ site: { client: SMALL_CLIENT } }, async ({ relay }) => {
    assert.deepEqual(await namedBy({ relay: relay.url }), [SMALL_CLIENT.sha256, SMALL_CLIENT.sha256]);
  });
  await withSite({}, async ({ relay }) => {
    assert.deepEqual(await namedBy({ relay: relay.url }), [undefined, undefined]);
  });
});

Deno.test("invites name the client of a relay with TLS, asked for by the certificate that the relay must show", async () => {
  const pair = await selfSigned();
  const pin = pinOf(pair);
  const options = { tls: sourceOf(pair) };
  await withSite({ site: { client: SMALL_CLIENT }, options }, async ({ relay }) => {
    assert.deepEqual(await namedBy({ relay: relay.url, pin }), [SMALL_CLIENT.sha256, SMALL_CLIENT.sha256]);
    const { same } = await checkClient(inviteTo(relay.url, SMALL_CLIENT.sha256, pin), {});
    assert.ok(same);
    const wrong = inviteTo(relay.url, SMALL_CLIENT.sha256, bytes(32));
    await assert.rejects(checkClient(wrong, {}), { code: "other_certificate", status: 3 });
    const unknown = inviteTo(relay.url, SMALL_CLIENT.sha256);
    await assert.rejects(checkClient(unknown, {}), { code: "bad_certificate", status: 3 });
  });
});

Deno.test("a client in one file vouches for a relay that hands out the same, and for no other", async () => {
  const folder = await Deno.makeTempDir({ prefix: "sotto-hash-" });
  try {
    const { path, sha256: own } = await bundle("client.ts", `${folder}/client.js`);
    assert.equal((await ownClientHash(pathToFileURL(path).href))?.toHex(), own);
    assert.equal(await ownClientHash(), undefined, "a checkout is no such file");
    assert.equal(await ownClientHash("https://relay.example/client.js"), undefined);
    const client = denoRun(["-A"], path);
    const founded = async (
      text: string,
      how = client,
    ): Promise<[named: string | undefined, other: boolean]> => {
      let out = "";
      await withSite({ site: { client: clientFile(text) } }, async ({ relay }) => {
        const left = await runToEnd(how, ["create", "--nick", "alice", "--json", "--relay", relay.url]);
        assert.deepEqual([left.status, left.err], [0, ""]);
        out = left.out;
      });
      const invite = /"invite":"([^"]+)"/.exec(out)?.[1] ?? "";
      return [parseInvite(invite).clientHash?.toHex(), out.includes('"other_client"')];
    };
    assert.deepEqual(await founded(await Deno.readTextFile(path)), [own, false]);
    assert.deepEqual(await founded("another"), [undefined, true]);
    // Without the right to read itself it repeats what the relay says.
    const blind = denoRun(["--allow-net", "--ignore-env"], path);
    assert.deepEqual(await founded("another", blind), [sha256("another"), false]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("check-client says whether the relay hands out the client of an invite, and how to run that and no other", async () => {
  await withSite({ site: { client: SMALL_CLIENT } }, async ({ relay, base }) => {
    const check = (hash: string | undefined, ...more: string[]) =>
      runToEnd(CLIENT, ["check-client", inviteTo(relay.url, hash), ...more]);
    const same = await check(SMALL_CLIENT.sha256);
    assert.deepEqual([same.status, same.err], [0, ""]);
    assert.ok(same.out.includes(SMALL_CLIENT.sha256));
    await runs(same.out, base);
    const other = await check(sha256("another"));
    assert.equal(other.status, 1);
    for (const hash of [SMALL_CLIENT.sha256, sha256("another")]) assert.ok(other.out.includes(hash));
    assert.match(other.out, /another client than the invite names\. Do not run it/);
    const json = await check(sha256("another"), "--json");
    assert.match(
      json.out,
      new RegExp(`^{"event":"client","same":false,"sha256":"${SMALL_CLIENT.sha256}"}$`, "m"),
    );
    assert.match(json.out, /"event":"ended","status":1,"code":"other_client"/);
    const silent = await check(undefined);
    assert.equal(silent.status, 1);
    assert.match(silent.err, /this invite does not say which one/);
  });
});

Deno.test("check-client says what is wrong where there is nothing to compare", async () => {
  let gone = "";
  await withSite({}, async ({ relay }) => {
    gone = relay.url;
    const none = inviteTo(relay.url, SMALL_CLIENT.sha256);
    await assert.rejects(checkClient(none, {}), { code: "no_client", status: 1 });
  });
  await assert.rejects(checkClient(inviteTo(gone, SMALL_CLIENT.sha256), {}), {
    code: "unreachable",
    status: 3,
  });
  await assert.rejects(checkClient("https://relay.example/#AAAA", {}), { code: "bad_code" });
});

Deno.test("a relay cannot harm who asks for its client by what it answers", async () => {
  let answer = (): Response => new Response();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => answer());
  const relay = `ws://127.0.0.1:${server.addr.port}/ws`;
  const good = bytes(32).toBase64();
  const says = (digest: string, status = 200): () => Response => () =>
    new Response(null, { status, headers: { "repr-digest": digest, location: "/elsewhere" } });
  answer = says(`sha-512=:AA==:, sha-256=:${good}:`);
  assert.deepEqual(await claimedClientHash(relay, {}), bytes(32));
  for (
    const bad of [
      says(""),
      says("sha-256=:AAAA:"),
      says(`sha-256=:${"*".repeat(43)}=:`),
      says(`sha-256=:${"_".repeat(43)}=:`),
      says(`sha-256=:${good}${good}:`),
      says(`sha-256=:${good}:`, 404),
      says(`sha-256=:${good}:`, 302),
    ]
  ) {
    answer = bad;
    assert.equal(await claimedClientHash(relay, {}), undefined);
  }
  const invite = inviteTo(relay, SMALL_CLIENT.sha256);
  answer = () =>
    new Response(
      new ReadableStream<Uint8Array>({ // without end
        pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
      }),
    );
  await assert.rejects(checkClient(invite, {}), { code: "unreachable", status: 3 });
  await server.shutdown();
});

/** Types the two lines that a check gives: Deno runs that client, and refuses it when the lock file names another. */
async function runs(text: string, base: string): Promise<void> {
  const cwd = await Deno.makeTempDir({ prefix: "sotto-lock-" });
  try {
    const [echo, run] = text.trim().split("\n").slice(-2).map((line) => line.trim());
    assert.ok(
      echo !== undefined && run?.startsWith(`deno run -A --lock=sotto.lock --frozen ${base}/client.js join`),
    );
    const type = async (line: string) => {
      const { success, stdout } = await new Deno.Command("sh", {
        args: ["-c", line],
        cwd,
        env: { DENO_DIR: `${cwd}/cache` },
        stderr: "null",
      }).output();
      return [success, new TextDecoder().decode(stdout)];
    };
    assert.deepEqual(await type(`${echo} && ${run}`), [true, "a client: ä\n"]);
    const changed = echo.replace(SMALL_CLIENT.sha256, sha256("another"));
    assert.deepEqual(await type(`${changed} && ${run}`), [false, ""]);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}
