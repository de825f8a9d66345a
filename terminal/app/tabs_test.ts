import assert from "node:assert/strict";
import type { RoomTab } from "./room_tab.ts";
import { Tabs } from "./tabs.ts";

/** A tab of which only the counts matter. */
function tab(unread = 0, mentions = 0): RoomTab {
  return { model: { unread, mentions } } as unknown as RoomTab;
}

Deno.test("tabs are walked through around their ends, and shown by their place", () => {
  const tabs = new Tabs();
  const [a, b, c] = [tab(), tab(), tab()] as const;
  for (const one of [a, b, c]) tabs.add(one);
  assert.equal(tabs.current, c);
  tabs.move(1);
  assert.equal(tabs.current, a);
  tabs.move(-1);
  assert.equal(tabs.current, c);
  assert.ok(tabs.show(1));
  assert.equal(tabs.current, b);
  assert.ok(!tabs.show(3));
  assert.equal(tabs.current, b);
});

Deno.test("a tab that closes gives way to the one before it was opened", () => {
  const tabs = new Tabs();
  const [a, b, c] = [tab(), tab(), tab()] as const;
  for (const one of [a, b]) tabs.add(one);
  tabs.show(a);
  tabs.add(c);
  tabs.remove(c);
  assert.equal(tabs.current, a);
  tabs.show(b);
  tabs.remove(a); // one that is not in front
  assert.equal(tabs.current, b);
  tabs.remove(b);
  assert.equal(tabs.current, null);
  assert.equal(tabs.count, 0);
});

Deno.test("the next unread tab is one that names us, if there is one", () => {
  const tabs = new Tabs();
  const [a, b, c] = [tab(), tab(4), tab(1, 1)] as const;
  for (const one of [a, b, c]) tabs.add(one);
  tabs.show(a);
  assert.ok(tabs.nextUnread());
  assert.equal(tabs.current, c);
  assert.ok(tabs.nextUnread());
  assert.equal(tabs.current, b);
  tabs.remove(c);
  assert.ok(!tabs.nextUnread());
  assert.equal(tabs.current, b);
});
