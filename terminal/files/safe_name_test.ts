import assert from "node:assert/strict";
import fc from "fast-check";
import { numberedName, safeFileName } from "./safe_name.ts";

Deno.test("safeFileName() keeps what people call files", () => {
  for (const name of ["plan.pdf", "résumé (2).docx", "写真.jpg", "a b.tar.gz", "no_ending"]) {
    assert.equal(safeFileName(name), name);
  }
});

Deno.test("safeFileName() takes away what hides, turns around, leads elsewhere or is a device", () => {
  const cases: [string, string][] = [
    ["../../etc/passwd", "_.._etc_passwd"],
    [".bashrc", "bashrc"],
    ["-rf", "rf"],
    ["~user", "user"],
    ["photo\u202egpj.exe", "photo_gpj.exe"],
    ["a\u001b[2Jb", "a_[2Jb"],
    ["zero\u200bwidth", "zero_width"],
    ["nul.txt", "_nul.txt"],
    ["COM1", "_COM1"],
    ["nul .txt", "_nul .txt"],
    ["a.png\u3164\u2800.exe", "a.png__.exe"],
    ["a:b|c?", "a_b_c_"],
    ["trailing. . ", "trailing"],
    ["...", "file"],
    ["", "file"],
    ["$(reboot)`x`", "_(reboot)_x_"],
  ];
  for (const [name, safe] of cases) assert.equal(safeFileName(name), safe, JSON.stringify(name));
});

Deno.test("safeFileName() of anything is a name of at most 200 bytes that stays as it is when made safe again", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
    const safe = safeFileName(name);
    assert.ok(safe !== "" && new TextEncoder().encode(safe).length <= 200);
    assert.ok(!/[/\\\p{Cc}\p{Cf}]/u.test(safe) && !/^[.\-~ ]/.test(safe));
    assert.equal(safeFileName(safe), safe);
  }));
});

Deno.test("safeFileName() shortens the name and keeps its ending", () => {
  const safe = safeFileName(`${"é".repeat(120)}.pdf`);
  assert.ok(safe.endsWith("é.pdf") && new TextEncoder().encode(safe).length <= 200);
  assert.equal(safeFileName(`${"x".repeat(199)}. ${"y".repeat(20)}`), "x".repeat(199));
});

Deno.test("numberedName() puts the number before the ending", () => {
  assert.equal(numberedName("plan.pdf", 2), "plan-2.pdf");
  assert.equal(numberedName("a.tar.gz", 3), "a-3.tar.gz");
  assert.equal(numberedName("plain", 2), "plain-2");
});
