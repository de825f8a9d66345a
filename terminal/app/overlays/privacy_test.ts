import assert from "node:assert/strict";
import { give, pressed, typed } from "./_keys.ts";
import { rowText } from "./page.ts";
import { PrivacyOverlay, type PrivacySettings } from "./privacy.ts";

Deno.test("typing and presence are switched by one key each, and shown as they are", () => {
  const changes: Partial<PrivacySettings>[] = [];
  const overlay = new PrivacyOverlay({ typing: true, presence: false }, (change) => changes.push(change));
  const text = (): string => overlay.rows({ columns: 80, rows: 24 }).map(rowText).join("\n");
  assert.match(text(), /typing \[on\][\s\S]*presence \[off\]/);
  give(overlay, typed("t"), typed("p"), typed("x"));
  assert.match(text(), /t and p switch; Esc, q or Enter close this window\.$/);
  assert.deepEqual(changes, [{ typing: false }, { presence: true }]);
  assert.match(text(), /typing \[off\][\s\S]*presence \[on\]/);
  overlay.update({ typing: true, presence: true });
  assert.match(text(), /typing \[on\]/);
  assert.equal(give(overlay, pressed("escape")), "close");
});
