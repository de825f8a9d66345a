import assert from "node:assert/strict";
import type { Bytes } from "../crypto/bytes.ts";
import type { Pack } from "../crypto/pack.ts";
import { Author } from "../tests/client_helpers.ts";
import { idOf } from "./ids.ts";
import { takePacks } from "./repairing.ts";
import type { Room } from "./room.ts";

const ROOM: Bytes = new Uint8Array(16).fill(1);

Deno.test("What was asked for twice and has come is not verified again", async () => {
  const ada = await Author.create("ada");
  const packs: Pack[] = [];
  for (const text of ["one", "two"]) packs.push(await ada.says(ROOM, { kind: "text", text }));
  const id = idOf(ada.identity.memberId);
  const here = new Set<number>();
  const verified: number[] = [];
  const number = (pack: Pack): number => pack.contents[0]?.content.number ?? 0;
  const room = {
    parts: {
      roomId: ROOM,
      verifiers: { verify: (pack: Pack) => Promise.resolve(verified.push(number(pack)) > 0) },
    },
    delivery: { has: (pack: Pack) => here.has(number(pack)), startOf: () => 0, waitAnew: () => {} },
    reception: { pack: (pack: Pack) => here.add(number(pack)).size > 0 },
  } as unknown as Room;
  const take = (): Promise<boolean> =>
    takePacks(room, packs.map(({ encoded }) => encoded), { authors: new Set([id]), from: id });
  assert.equal(await take(), true);
  assert.equal(await take(), false);
  assert.deepEqual(verified, packs.map(number));
});
