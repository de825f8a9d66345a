import assert from "node:assert/strict";
import { formatInvite } from "../../../crypto/invite.ts";
import { give, pressed, typed } from "./_keys.ts";
import { scan } from "./_scan.ts";
import { InviteOverlay, type InviteShown } from "./invite.ts";
import { rowText } from "./page.ts";

const relay = "wss://relay.example.org/ws";
const link = formatInvite({ relay, roomId: bytes(16), secret: bytes(16) });
const pinned = formatInvite({ relay, roomId: bytes(16), secret: bytes(16), certHash: bytes(32) });
const code = "41793-copper-lagoon-ember-quartz";

function bytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i * 7 + 3);
}

function shown(
  over: Partial<InviteShown> & { invite?: string } = {},
): { overlay: InviteOverlay; copied: string[] } {
  const copied: string[] = [];
  const overlay = new InviteOverlay({
    event: { type: "invite", invite: over.invite ?? link, code, name: null },
    relay,
    abilities: { colours: true, unicode: true },
    copy: (text) => copied.push(text) > 0,
    ...over,
  });
  return { overlay, copied };
}

const text = (overlay: InviteOverlay, columns: number, rows: number): string =>
  overlay.rows({ columns, rows }).slice(0, rows).map(rowText).join("\n");

for (const colours of [true, false]) {
  Deno.test(`a scanner reads the invite off the screen at 80x24, ${colours ? "in" : "without"} colour`, () => {
    const { overlay } = shown({ abilities: { colours, unicode: true } });
    const rows = overlay.rows({ columns: 80, rows: 24 });
    assert.ok(rows.length <= 24, `${rows.length} rows`);
    assert.equal(scan(rows, { columns: 80, onPaper: colours }), link);
    const all = rows.map(rowText).join("\n");
    assert.ok(all.includes(link) && all.includes(code));
  });
}

Deno.test("an invite with a certificate in it can be scanned where the window is large enough", () => {
  const { overlay } = shown({ invite: pinned });
  assert.match(text(overlay, 80, 24), /For the QR code make the window larger: 80x\d+ will do; it is 80x24/);
  const [, columns, rows] = /larger: (\d+)x(\d+)/.exec(text(overlay, 80, 24)) ?? [];
  const size = { columns: Number(columns), rows: Number(rows) };
  assert.equal(scan(overlay.rows(size), { columns: size.columns, onPaper: true }), pinned);
});

Deno.test("where the QR code does not fit, link and spoken code are still whole, and the size that is needed is told", () => {
  for (const [columns, rows] of [[40, 15], [60, 20], [79, 12]] as const) {
    const { overlay } = shown();
    const all = text(overlay, columns, rows);
    assert.ok(all.replaceAll("\n", "").includes(link), `${columns}x${rows}`);
    assert.ok(all.includes(code), `${columns}x${rows}`);
    const [, wide, high] = /larger: +(\d+)x(\d+)/.exec(all.replaceAll("\n", " ")) ?? [];
    const size = { columns: Number(wide), rows: Number(high) };
    assert.equal(scan(overlay.rows(size), { columns: size.columns, onPaper: true }), link);
  }
});

Deno.test("nothing gets to the clipboard but by its own key", () => {
  const { overlay, copied } = shown();
  give(overlay, typed("x"), pressed("down"), typed("y"));
  assert.deepEqual(copied, []);
  give(overlay, typed("c"), typed("s"));
  assert.deepEqual(copied, [link, code]);
  assert.match(text(overlay, 80, 24).replaceAll(/\s+/g, " "), /spoken code has been/);
});

Deno.test("an invite that is closed is forgotten, and a terminal in ASCII gets no half blocks", () => {
  const { overlay } = shown({ abilities: { colours: true, unicode: false } });
  assert.match(text(overlay, 80, 24), /cannot show a QR code/);
  assert.match(text(overlay, 80, 24), /^[\x20-\x7e\n]*$/);
  overlay.closed();
  assert.equal(text(overlay, 80, 24), "");
});
