/** Whether the output of this process is to have colours. @module */
import { readEnv } from "./env.ts";

/** Whether this process should print colours: to a terminal that knows them, unless `NO_COLOR` is set. */
export function wantsColour(): boolean {
  return Deno.stdout.isTerminal() && readEnv("NO_COLOR") === undefined && readEnv("TERM") !== "dumb";
}
