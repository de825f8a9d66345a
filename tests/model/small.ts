/**
 * A few rooms of the model: run in a copy of the project that lacks something. The argument is how many rooms.
 * Exit status 0 and `whole`, or 1 and `red:` with what is wrong.
 *
 * @module
 */
import { run } from "./runs.ts";
import { CHANGES, ROUGH } from "./schedule.ts";

const print = (text: string): unknown => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

try {
  await run({ kinds: [...ROUGH, ...CHANGES], seed: 3, rooms: Number(Deno.args[0]) });
  print("whole");
  Deno.exit(0);
} catch (error) {
  print(`red: ${error instanceof Error ? error.message : String(error)}`);
  Deno.exit(1);
}
