/**
 * Random schedules with the real relay and real sessions: nothing is lost, nothing comes twice, all agree.
 *
 * By default the same few hundred schedules run each time. `MODEL_SCHEDULES=10000` runs so many fresh ones of each kind
 * and says how fast; `MODEL_SEED` runs the room of a failure again; `MODEL_TRACE=1` tells what travelled before it.
 *
 * How fast, a minute of one core's time: 3,700 calm schedules, 2,900 rough ones, 1,400 of either kind with changes of
 * the room; 1,900 of all four by turns, rooms of 15 schedules.
 */
import { settle } from "../settle.ts";
import { run } from "./runs.ts";
import { CALM, CHANGES, type Kind, ROUGH } from "./schedule.ts";

/** What is run by default: so many rooms of 50 schedules, from this seed on. */
const SHORT = { seed: 20_000, rooms: 5 };

async function hold(name: string, kinds: readonly Kind[]): Promise<void> {
  const seed = Deno.env.get("MODEL_SEED");
  const schedules = Number(Deno.env.get("MODEL_SCHEDULES") ?? 0);
  const amount = schedules > 0 ? { schedules } : SHORT;
  const trace = Deno.env.has("MODEL_TRACE");
  const figures = await run({
    kinds,
    trace,
    ...(seed === undefined ? amount : { seed: Number(seed), rooms: 1 }),
  });
  await settle();
  if (schedules === 0) return;
  const perMinute = Math.round(figures.schedules / figures.ms * 60_000);
  const line = `${name}: ${figures.schedules} schedules in ${figures.rooms} rooms, ${perMinute} a minute\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}

Deno.test("Whatever a slow network does, everybody has everything once and in order", () =>
  hold("calm", CALM));

Deno.test(
  "Whatever breaks, everybody has everything once and in order",
  () => hold("rough", ROUGH),
);

Deno.test(
  "Whoever comes, goes, is put out or renamed in a slow network, all agree on it",
  () => hold("changes", [...CALM, ...CALM, ...CHANGES]),
);

Deno.test(
  "Whoever comes, goes, is put out or renamed while things break, all agree on it",
  () => hold("rough changes", [...ROUGH, ...CHANGES]),
);
