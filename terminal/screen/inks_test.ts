import assert from "node:assert/strict";
import { Inks } from "./inks.ts";
import { themeOf } from "./theme.ts";

Deno.test("Inks remember 2,048 looks, whatever links are written, and begin anew", () => {
  const inks = new Inks(
    { colours: "true", unicode: true, sync: false, osc8: true, title: true },
    themeOf("dark", "true"),
  );
  const ink = (i: number) => inks.of({ text: "x", style: { link: `https://example.org/${i}` } });
  const first = ink(0);
  for (let i = 1; i < 2_048; i++) ink(i);
  assert.equal(inks.size, 2_048);
  assert.equal(ink(0), first, "the same look is the same object");
  assert.equal(inks.size, 2_048);
  const next = ink(2_048);
  assert.equal(inks.size, 1);
  assert.notEqual(ink(0), first);
  assert.equal(ink(2_048), next);
  for (let i = 0; i < 10_000; i++) {
    ink(i);
    assert.ok(inks.size <= 2_048);
  }
});
