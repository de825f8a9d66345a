/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { ClientError, type RoomSession } from "../client/mod.ts";
import { RoomModel } from "../terminal/room/room_model.ts";
import { Speaker } from "./speaker.ts";

/** What stands in the room after a line was refused, while another was being written or not. */
async function refused(typed: string, room: boolean): Promise<{ lines: string[]; back: string[] }> {
  const model = new RoomModel();
  const back: string[] = [];
  const session = {
    run: () => Promise.reject(new ClientError("too_long", "Cannot send: it is too long")),
  } as unknown as RoomSession;
  const putBack = (text: string): boolean => {
    if (room) back.push(text);
    return room;
  };
  await new Speaker({ session, model, putBack }).carryOut({ command: "send", text: typed }, typed);
  return { lines: [...model.entries].map((entry) => entry.kind === "line" ? entry.text : entry.kind), back };
}

Deno.test("a text that is refused in the page is given back, or told where another is being written", async () => {
  assert.deepEqual(await refused("a long tale", true), {
    lines: ["Cannot send: it is too long."],
    back: ["a long tale"],
  });
  assert.deepEqual(await refused("a long tale", false), {
    lines: ["Cannot send: it is too long. Not sent: a long tale"],
    back: [],
  });
});
