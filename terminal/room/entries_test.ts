import assert from "node:assert/strict";
import { type Entry, EntryList } from "./entries.ts";

function line(list: EntryList, text: string): Entry {
  const entry: Entry = { kind: "line", key: list.nextKey(), version: 0, at: 0, level: "info", text };
  list.add(entry);
  return entry;
}

Deno.test("of too many entries the oldest go, and how many is told", () => {
  const dropped: number[] = [];
  const list = new EntryList({ maxEntries: 3, dropped: ({ key }) => dropped.push(key) });
  for (const text of "abcde") line(list, text);
  assert.deepEqual([...list].map(({ text }) => text), ["c", "d", "e"]);
  assert.equal(list.gone, 2);
  assert.deepEqual(dropped, [1, 2]);
});

Deno.test("of too many characters the oldest go, but never the newest", () => {
  const list = new EntryList({ maxCharacters: 300 });
  line(list, "x".repeat(100));
  line(list, "y".repeat(100));
  assert.equal(list.length, 1);
  line(list, "z".repeat(1_000));
  assert.deepEqual([...list].map(({ text }) => text[0]), ["z"]);
});

Deno.test("an edit that makes a message long counts as its text does", () => {
  const list = new EntryList({ maxCharacters: 500 });
  line(list, "first");
  const second = line(list, "second");
  list.setText(second, "s".repeat(400));
  assert.equal(list.length, 1);
  assert.equal(list.characters, 464);
});

Deno.test("entries are found by key after others have gone or been taken out", () => {
  const list = new EntryList({ maxEntries: 5_000 });
  for (let i = 1; i <= 9_000; i++) line(list, String(i));
  assert.equal(list.get(4_000), undefined);
  assert.equal(list.get(4_001)?.text, "4001");
  list.remove(new Set([4_002, 4_003]));
  assert.equal(list.get(4_002), undefined);
  assert.equal(list.at(list.indexOf(4_002))?.key, 4_004);
  assert.equal(list.length, 4_998);
});

Deno.test("a room keeps no more entries and characters than its caps, where nothing else is said", () => {
  const many = new EntryList();
  for (let i = 0; i < 50_003; i++) line(many, "");
  assert.deepEqual([many.length, many.gone], [50_000, 3]);
  assert.equal(many.at(0)?.key, 4);
  const long = new EntryList();
  for (let i = 0; i < 20; i++) line(long, "x".repeat(1_000_000));
  assert.deepEqual([long.length, long.gone], [15, 5]);
  assert.ok(long.characters <= 16_000_000);
});
