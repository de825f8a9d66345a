/**
 * Random schedules with the real relay and real sessions: nothing is lost, nothing comes twice, all agree.
 *
 * `MODEL_SCHEDULES=10000` runs so many of each kind and says how fast; `MODEL_SEED` runs the room of a failure again.
 */
import { settle } from "../settle.ts";
import { run } from "./runs.ts";
import { CALM, type Kind } from "./schedule.ts";

/** How long each kind is run by default, in milliseconds. */
const SHORT_MS = 4_000;

async function hold(name: string, kinds: readonly Kind[]): Promise<void> {
  const seed = Deno.env.get("MODEL_SEED");
  const schedules = Number(Deno.env.get("MODEL_SCHEDULES") ?? 0);
  const amount = schedules > 0 ? { schedules } : { ms: SHORT_MS };
  const figures = await run({ kinds, ...(seed === undefined ? amount : { seed: Number(seed), rooms: 1 }) });
  await settle();
  if (schedules === 0) return;
  const perMinute = Math.round(figures.schedules / figures.ms * 60_000);
  const line = `${name}: ${figures.schedules} schedules in ${figures.rooms} rooms, ${perMinute} a minute\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}

Deno.test("Whatever a slow network does, everybody has everything once and in order", () =>
  hold("calm", CALM));
