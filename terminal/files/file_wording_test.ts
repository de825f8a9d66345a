import assert from "node:assert/strict";
import { fileText, offerText, sizeText } from "./file_wording.ts";

Deno.test("sizeText() is short at every size", () => {
  const sizes = [0, 1, 999, 1_000, 9_949, 9_960, 999_499, 999_500, 1_300_000, 4_294_967_296];
  assert.deepEqual(sizes.map(sizeText), [
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1.0 kB",
    "9.9 kB",
    "10 kB",
    "999 kB",
    "1.0 MB",
    "1.3 MB",
    "4.3 GB",
  ]);
});

Deno.test("offerText() makes one harmless line of any name", () => {
  const file = { name: "a\u202eb\u001b[2Jc  d", size: 5, sha256: "" };
  const text = offerText(file, 4);
  assert.ok(!/[\p{Cc}\p{Cf}]/u.test(text));
  assert.match(text, /^offers .* \(5 bytes\) - \/save #4 fetches it$/);
  assert.match(offerText(file, null), /\(5 bytes\)$/);
});

Deno.test("fileText() tells quarters of large files, and what a fetch came to", () => {
  const file = { type: "file", id: "x", name: "plan", size: 100_000_000 } as const;
  assert.equal(fileText({ ...file, state: "getting", done: 0 }), "Fetching plan (100 MB).");
  assert.equal(fileText({ ...file, state: "getting", done: 25_000_000 }), "25% of plan is here.");
  assert.equal(fileText({ ...file, state: "getting", done: 26_000_000 }), null);
  assert.equal(fileText({ ...file, size: 1_000, state: "getting", done: 250 }), null);
  assert.equal(
    fileText({ ...file, state: "saved", path: "/tmp/plan" }),
    "Saved plan (100 MB) as /tmp/plan; it is what was offered.",
  );
  assert.equal(
    fileText({ ...file, state: "failed", message: "Cannot get the file: bob is gone" }),
    "plan: Cannot get the file: bob is gone.",
  );
  assert.equal(
    fileText({ type: "file_taken", id: "x", name: "plan", to: { id: "", nick: "bob" } }),
    "bob has the whole of plan.",
  );
});

Deno.test("fileText() says how far a file is read that is about to be offered, and how to stop that", () => {
  const file = { type: "file_reading", ref: null, name: "a\nplan", size: 4_000_000_000 } as const;
  assert.equal(
    fileText({ ...file, state: "reading", done: 1_400_000_000 }),
    "Reading a plan (4.0 GB) before it is offered: 35% so far. /cancel stops it.",
  );
  assert.equal(
    fileText({ ...file, state: "cancelled", message: "The file is not offered" }),
    "a plan: The file is not offered.",
  );
});
