import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { Refusals } from "./refusals.ts";

Deno.test("Refusals tells a burst of the same once, and how many more there were; who tries again is told again", async () => {
  const clock = new FakeClock();
  const said: string[] = [];
  const refusals = new Refusals({
    clock,
    problem: (text) => said.push(text),
    notice: (text) => said.push(text),
  });
  const next = (): string[] => said.splice(0);
  for (let i = 0; i < 1_201; i++) refusals.tell("Cannot do that");
  assert.deepEqual(next(), ["Cannot do that"]);
  await clock.pass(300);
  assert.deepEqual(next(), ["1,200 more lines were refused for the same reason."]);
  refusals.tell("Cannot do that");
  await clock.pass(300);
  refusals.tell("Cannot do that");
  assert.deepEqual(next(), ["Cannot do that", "Cannot do that"]);
  refusals.tell("Cannot do that");
  refusals.tell("Cannot do this");
  assert.deepEqual(next(), ["1 more line was refused for the same reason.", "Cannot do this"]);
  refusals.tell("Cannot do this");
  refusals.settle();
  await clock.pass(10_000);
  assert.deepEqual(next(), ["1 more line was refused for the same reason."]);
});
