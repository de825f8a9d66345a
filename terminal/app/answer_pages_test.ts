import assert from "node:assert/strict";
import type { SessionEvent } from "../../client/events.ts";
import type { WaysIn } from "./ways_in.ts";
import { foundedText } from "./answer_pages.ts";

const LINK = "https://relay.example/#AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
const ways = { relay: "wss://relay.example/ws" } as WaysIn;
const codes = (more: Partial<Extract<SessionEvent, { type: "invite" }>>): string =>
  foundedText({ type: "invite", invite: LINK, code: null, name: null, ...more }, { ways });

Deno.test("whoever founds a room reads the code to say, and where the link is, but no link cut in two", () => {
  const text = codes({ code: "12345-copper-lemon-orbit-walnut" });
  assert.match(text, /^To let others in, \/invite shows a link and a QR code/);
  assert.match(text, /code +12345-copper-lemon-orbit-walnut/);
  assert.match(text, /They type: .* join 12345-copper-lemon-orbit-walnut --relay/);
  for (const one of [text, codes({}), codes({ name: "den" })]) assert.ok(!one.includes(LINK));
});
