import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { ClientError } from "../../client/errors.ts";
import type { RoomSession } from "../../client/commands.ts";
import type { SessionOptions } from "../../client/options.ts";
import { platformConnect } from "../../client/platform.ts";
import { createRoom, joinRoom } from "../../client/session.ts";
import { formatInvite, parseInvite } from "../../crypto/invite.ts";
import { selfSigned } from "../../relay/self_signed.ts";
import type { TlsPair } from "../../relay/tls.ts";
import { denoConnect } from "../../terminal/connect_deno.ts";
import type { Trust } from "../../terminal/connect_tls.ts";
import { resolveRelay } from "../../terminal/find_relay.ts";
import { CloseCode } from "../../wire/error_codes.ts";
import { issuedPair, keyPinOf, pinOf, sourceOf, withTls, withTlsRelay } from "../tls_helpers.ts";

const DAY_MS = 86_400_000;
const signal = AbortSignal.timeout(300_000);
const here = await selfSigned();
const elsewhere = await selfSigned({ hosts: ["relay.example"] });
const issued = await issuedPair();

const connectWith = (trust: Trust): ReturnType<typeof denoConnect> =>
  denoConnect({ timeoutMs: 60_000, ...trust });

/** Checks that connecting fails with this code, status 3, the address and the sentence. */
async function refuses(url: string, trust: Trust, code: string, sentence: RegExp): Promise<void> {
  await assert.rejects(connectWith(trust)(url, { signal }), (error) => {
    assert.ok(error instanceof ClientError, String(error));
    assert.deepEqual([error.code, error.status], [code, 3], error.message);
    assert.ok(error.message.startsWith(`Cannot reach the relay at ${new URL(url).host}: `), error.message);
    assert.match(error.message, sentence);
    return true;
  });
}

/** Connects and hangs up. */
async function connects(url: string, connect: ReturnType<typeof denoConnect>): Promise<void> {
  const socket = await connect(url, { signal });
  const closed = new Promise((resolve) => socket.onClose = resolve);
  socket.close();
  await closed;
}

const withRelay = (pair: TlsPair, test: (url: string) => Promise<void>): Promise<void> =>
  withTlsRelay(sourceOf(pair), ({ port }) => test(`wss://127.0.0.1:${port}/ws`));

/** An HTTPS server that is no relay. */
async function withHttps(handler: RequestListener, test: (url: string) => Promise<void>): Promise<void> {
  const server = createServer({ ...here }, handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/ws`);
  } finally {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

Deno.test("a client founds a room at a relay whose certificate it was given with --ca", () =>
  withRelay(here, async (relay) => {
    const founded = await createRoom({
      relay,
      nick: "ada",
      connect: connectWith({ caCerts: [here.cert] }),
      signal,
    });
    await founded.leave();
    await founded.ended;
  }));

Deno.test("a client trusts what an authority given with --ca has issued, and says when nobody it knows has", () =>
  withRelay(issued.pair, async (url) => {
    await connects(url, connectWith({ caCerts: [issued.ca] }));
    await refuses(url, {}, "bad_certificate", /nobody whom this computer trusts has issued.*--ca FILE/);
    await refuses(url, { caCerts: [here.cert] }, "bad_certificate", /nobody whom this computer trusts/);
  }));

Deno.test("a client says that a certificate has expired", async () => {
  const expired = await selfSigned({ now: Date.now() - 30 * DAY_MS, days: 10 });
  await withRelay(expired, async (url) => {
    await refuses(url, { caCerts: [expired.cert] }, "bad_certificate", /has expired/);
    await refuses(url, { pin: pinOf(expired) }, "bad_certificate", /has expired/);
  });
});

Deno.test("a client says that a certificate is not valid yet", async () => {
  const early = await selfSigned({ now: Date.now() + 30 * DAY_MS });
  await withRelay(
    early,
    (url) => refuses(url, { caCerts: [early.cert] }, "bad_certificate", /not valid yet/),
  );
});

Deno.test("a client says for whom a certificate is that has the wrong name", () =>
  withRelay(
    elsewhere,
    (url) =>
      refuses(
        url,
        { caCerts: [elsewhere.cert] },
        "bad_certificate",
        /is for relay\.example, not for 127\.0\.0\.1/,
      ),
  ));

Deno.test("a client refuses a self-signed certificate that nobody vouches for, and says how to come in", () =>
  withRelay(here, (url) => refuses(url, {}, "bad_certificate", /self-signed.*invite.*--ca FILE.*--pin/)));

Deno.test("a client says when there is no TLS where it was asked for", async () => {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => new Response("hello"));
  await refuses(`wss://127.0.0.1:${server.addr.port}/ws`, {}, "no_tls", /does not speak TLS.*ws:\/\//);
  await refuses(
    `wss://127.0.0.1:${server.addr.port}/ws`,
    { pin: pinOf(here) },
    "no_tls",
    /does not speak TLS/,
  );
  await server.shutdown();
});

Deno.test("a client refuses a relay that speaks only TLS 1.2", () =>
  withTls({ ...here, maxVersion: "TLSv1.2" }, async (port) => {
    await refuses(
      `wss://127.0.0.1:${port}/ws`,
      { caCerts: [here.cert] },
      "old_tls",
      /only TLS 1\.2 or older/,
    );
    await refuses(`wss://127.0.0.1:${port}/ws`, { pin: pinOf(here) }, "old_tls", /only TLS 1\.2 or older/);
  }));

Deno.test("a client says when a relay speaks TLS and its address does not", () =>
  withRelay(
    here,
    (url) => refuses(url.replace("wss:", "ws:"), {}, "needs_tls", /it speaks TLS; write wss:\/\//),
  ));

Deno.test("a client says by TLS too when what answers is no relay, another version, busy, or nobody", async () => {
  const trust = { caCerts: [here.cert] };
  const answer = (status: number): RequestListener => (_, response) =>
    response.writeHead(status).end("hello");
  await withHttps(answer(200), (url) => refuses(url, trust, "not_a_relay", /no Sotto relay/));
  await withHttps(answer(429), (url) => refuses(url, trust, "relay_busy", /try again/));
  const other: RequestListener = ({ url }, response) =>
    url === "/health" ? response.end(`{"status":"healthy"}`) : response.writeHead(400).end();
  await withHttps(other, (url) => refuses(url, trust, "version", /another version/));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  await refuses(`wss://127.0.0.1:${port}/ws`, trust, "unreachable", /nothing listens there/);
});

Deno.test("a client with a pin accepts exactly that certificate, by whatever name it reached it", async () => {
  await withRelay(here, (url) => connects(url, connectWith({ pin: pinOf(here) })));
  await withRelay(elsewhere, async (url) => {
    const connect = connectWith({ pin: pinOf(elsewhere) });
    await connects(url, connect);
    await connects(url, connect); // and again, as after a lost connection
  });
});

Deno.test("a client with a pin refuses every other certificate, also one that is trusted otherwise", async () => {
  const sentence = /another certificate than --pin says: someone may be in between.*its operator/;
  await withRelay(here, (url) => refuses(url, { pin: pinOf(elsewhere) }, "other_certificate", sentence));
  await withRelay(issued.pair, async (url) => {
    await refuses(url, { pin: pinOf(here), caCerts: [issued.ca] }, "other_certificate", sentence);
    await connects(url, connectWith({ pin: pinOf(issued.pair), caCerts: [issued.ca] }));
    await refuses(url, { pin: pinOf(issued.pair) }, "bad_certificate", /nobody whom this computer trusts/);
  });
});

Deno.test("a client says who named the certificate that a relay does not show: an invite or --pin", async () => {
  const pin = pinOf(elsewhere);
  await withRelay(here, async (url) => {
    const says = (trust: Parameters<typeof denoConnect>[0], sentence: RegExp): Promise<void> =>
      assert.rejects(denoConnect(trust)(url, { signal, certHash: pin }), sentence);
    await says({}, /another certificate than the invite says.*whoever invited you/);
    await says({ typedPin: pinOf(here) }, /another certificate than the invite says/);
    await says({ typedPin: pin }, /another certificate than --pin says.*its operator/);
  });
});

Deno.test("a client with a pin notices that the certificate is another one when it comes back", async () => {
  const source = sourceOf(here);
  await withTlsRelay(source, async ({ port }) => {
    const url = `wss://127.0.0.1:${port}/ws`;
    const connect = connectWith({ pin: pinOf(here) });
    await connects(url, connect);
    for (const other of [await selfSigned(), issued.pair]) {
      source.onChange?.(other);
      await assert.rejects(connect(url, { signal }), { code: "other_certificate" });
      source.onChange?.(here);
      await connects(url, connect);
    }
  });
});

Deno.test("a client with a pin does not go to an address without TLS", () =>
  refuses("ws://127.0.0.1:1/ws", { pin: pinOf(here) }, "no_tls", /certificate is expected there.*wss:\/\//));

Deno.test("a session that comes back wants the certificate it was told once more, not one that is trusted otherwise", () => {
  const source = sourceOf(here);
  return withTlsRelay(source, async ({ port, relay }) => {
    const reasons: string[] = [];
    const refused = Promise.withResolvers<void>();
    const room = await createRoom({
      relay: `wss://127.0.0.1:${port}/ws`,
      nick: "ada",
      connect: connectWith({ caCerts: [issued.ca] }),
      certHash: keyPinOf(here),
      signal,
      onEvent: (event) => {
        if (event.type !== "connection") return;
        if (event.state === "reconnecting") reasons.push(event.reason);
        if (reasons.length > 1 || (event.state === "online" && event.back)) refused.resolve();
      },
    });
    source.onChange?.(issued.pair);
    relay.control.cut(() => true, CloseCode.relayClosing);
    await refused.promise;
    assert.match(reasons[1] ?? "it was let in", /another certificate than the invite says/);
    room.abort();
    await room.ended;
  });
});

/** Founds a room with this trust and gives its first invite. */
async function found(relay: string, certHash: Uint8Array): Promise<{ room: RoomSession; invite: string }> {
  const invited = Promise.withResolvers<string>();
  const room = await createRoom({
    relay,
    nick: "ada",
    connect: connectWith({}),
    certHash,
    signal,
    onEvent: (event) => event.type === "invite" && invited.resolve(event.invite),
  });
  return { room, invite: await invited.promise };
}

Deno.test("an invite made with a pin carries it, and whoever joins by it accepts that certificate only", () =>
  withRelay(here, async (relay) => {
    const { room, invite } = await found(relay, pinOf(here));
    assert.deepEqual(parseInvite(invite).certHash, pinOf(here));
    const joiner = { nick: "bob", relay, code: invite, connect: connectWith({}), signal };
    const invited = Promise.withResolvers<string>();
    const onEvent: SessionOptions["onEvent"] = (event) =>
      event.type === "invite" && invited.resolve(event.invite);
    const joined = await joinRoom({ ...joiner, onEvent });
    await joined.run({ command: "invite" });
    assert.deepEqual(
      parseInvite(await invited.promise).certHash,
      pinOf(here),
      "the next invite carries it as well",
    );
    await joined.leave();

    // The same way, with another relay at its end.
    await withRelay(issued.pair, async (other) => {
      const { secret, roomId } = parseInvite(invite);
      const forged = formatInvite({ relay: other, roomId, secret, certHash: new Uint8Array(pinOf(here)) });
      const connect = connectWith({ caCerts: [issued.ca] });
      await assert.rejects(joinRoom({ ...joiner, relay: other, code: forged, connect }), {
        code: "other_certificate",
        status: 3,
      });
    });
    await room.leave();
  }));

Deno.test("a client without a way to look at certificates refuses an invite that names one", () =>
  assert.rejects(platformConnect("wss://relay.example/ws", { signal, certHash: pinOf(here) }), {
    code: "cannot_pin",
  }));

Deno.test("a bare host is spoken to with TLS where it has it, and without only on this computer", async () => {
  await withRelay(here, async (url) => {
    assert.equal(await resolveRelay(new URL(url).host), url);
  });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => new Response("hello"));
  const { port } = server.addr;
  assert.equal(await resolveRelay(`127.0.0.1:${port}`), `ws://127.0.0.1:${port}/ws`);
  await server.shutdown();
});
