import assert from "node:assert/strict";
import type { Started } from "../relay/program/own_name.ts";
import { colours } from "./colour.ts";
import { EventLines } from "./event_lines.ts";
import { layOut } from "./line_layout.ts";
import type { LineIo } from "./line_io.ts";
import { RoomBook } from "./room_book.ts";
import { formatInvite } from "../crypto/invite.ts";
import { invitePage, passwordNote } from "./invite_page.ts";
import { RelayAccess } from "./relay_access.ts";

const EVENT = { type: "invite", invite: "http://h:1/#AQ", code: "41793-a-b-c-d", name: null } as const;
const NAMED = { ...EVENT, code: null, name: "lobby" } as const;
const page = (relay: string): string =>
  invitePage(EVENT, { relay, colour: colours(false), columns: 80, drawQr: () => "QR" });

Deno.test("invitePage() shows QR, link and code, and what others type", () => {
  const text = page("ws://192.168.1.2:4443/ws");
  assert.match(text, /invite +http:\/\/h:1\/#AQ\nQR\n/);
  assert.match(text, /code +41793-a-b-c-d\n/);
  assert.match(text, /join 41793-a-b-c-d --relay ws:\/\/192\.168\.1\.2:4443$/);
});

Deno.test("invitePage() says when others cannot reach the relay", () => {
  assert.match(page("ws://127.0.0.1:4443/ws"), /Only this computer/);
  assert.match(page("ws://127.0.0.1:4443/ws"), /join 41793-a-b-c-d$/);
});

Deno.test("invitePage() of a named room tells its name", () => {
  const text = invitePage(NAMED, {
    relay: "wss://relay.example/ws",
    colour: colours(false),
    columns: 80,
    drawQr: null,
  });
  assert.match(text, /name +lobby\n/);
  assert.match(text, /join lobby --relay wss:\/\/relay\.example$/m);
  assert.match(text, /^-- If the room has a password, they add --ask-password\.$/m);
  assert.equal(passwordNote(NAMED), "If the room has a password, they add --ask-password.");
  assert.equal(
    passwordNote({ ...NAMED, password: true }),
    "This room has a password: they add --ask-password.",
  );
  for (const none of [{ ...NAMED, password: false }, EVENT]) assert.equal(passwordNote(none), null);
});

Deno.test("invitePage() tells others to type the link where a certificate is to be known by it", () => {
  const bytes = (length: number) => new Uint8Array(length).fill(7);
  const invite = formatInvite({
    relay: "wss://h:1/ws",
    roomId: bytes(16),
    secret: bytes(16),
    certHash: bytes(32),
  });
  const text = invitePage({ ...EVENT, invite }, {
    relay: "wss://h:1/ws",
    colour: colours(false),
    columns: 80,
    drawQr: null,
  });
  assert.ok(text.endsWith(`client.ts join "${invite}"`));
});

Deno.test("invitePage() tells others to add --ca where the relay's certificate is known by a file", () => {
  const page = { relay: "wss://h:1/ws", colour: colours(false), columns: 80, drawQr: null, needsCa: true };
  const text = invitePage(EVENT, page);
  assert.match(text, /^-- They type: .* join 41793-a-b-c-d --relay wss:\/\/h:1 --ca FILE$/m);
  assert.match(text, /^-- FILE is the certificate that you named with --ca/m);
  assert.match(invitePage({ ...EVENT, code: null, name: "lobby" }, page), / join lobby .* --ca FILE$/m);
});

Deno.test("RelayAccess knows when others need a file to reach its relay", () => {
  const needs = (relay: string, ca?: string) => new RelayAccess({ relay, ca }).needsCa;
  assert.deepEqual([needs("wss://h:1", "PEM"), needs("wss://h:1"), needs("ws://h:1", "PEM")], [
    true,
    false,
    false,
  ]);
});

Deno.test("invitePage() shows the command by which this client was started, and no relay that it would take anyway", () => {
  const typed = (started: Started, relay: string): string =>
    /^-- They type: (.*)$/m.exec(
      invitePage(EVENT, { relay, colour: colours(false), columns: 80, drawQr: null, started }),
    )?.[1] ?? "";
  const served: Started = { kind: "served", url: "https://relay.example/client.js" };
  const fromRelay = "deno run -A https://relay.example/client.js join 41793-a-b-c-d";
  assert.equal(typed(served, "wss://relay.example/ws"), fromRelay);
  assert.equal(typed(served, "ws://127.0.0.1:4443/ws"), `${fromRelay} --relay 127.0.0.1:4443`);
  assert.equal(typed({ kind: "installed" }, "ws://127.0.0.1:4443/ws"), "sotto join 41793-a-b-c-d");
  assert.equal(
    typed({ kind: "bundle" }, "ws://127.0.0.1:4443/ws"),
    "deno run -A client.js join 41793-a-b-c-d",
  );
});

Deno.test("the prose of an invite's page is broken by words where it is narrow, and its codes are kept for copying", () => {
  const printed: string[] = [];
  const io = {
    columns: 40,
    print: (text: string, { asIs = false }: { asIs?: boolean } = {}) =>
      void printed.push(...(asIs ? text : layOut(text, 40)).split("\n")),
  } as unknown as LineIo;
  const invite = formatInvite({
    relay: "ws://127.0.0.1:4443/ws",
    roomId: new Uint8Array(16),
    secret: new Uint8Array(16),
  });
  const events = new EventLines({
    io,
    context: () => ({ book: new RoomBook(), colour: colours(false) }),
    invite: () => ({ relay: "ws://127.0.0.1:4443/ws", drawQr: null }),
  });
  events.tell({ ...NAMED, invite });
  const long = printed.filter((line) => line.length > 40);
  assert.deepEqual(long, [
    `   invite  ${invite}`,
    printed.find((line) => line.startsWith("-- They type: ")),
  ]);
  assert.ok(printed.includes("-- Only this computer can reach this "), printed.join("\n"));
});
