/** The live screen's lines, made of two looks at a relay. @module */
import type { Status } from "../admin_desk.ts";
import { LATENCY_BOUNDS_MS } from "../counters.ts";
import { counts, showAge, showBytes, showCount } from "./admin_tables.ts";

/** A look at a relay. */
export interface Look {
  status: Status;
  /** When it was taken, in milliseconds. */
  at: number;
}

const BAR = 24;

/** What the screen shows; without an earlier look, rates are since the relay began. */
export function topLines(look: Look, before: Look | undefined): string[] {
  const { status } = look;
  const seconds = Math.max(0.001, (before === undefined ? status.uptimeMs : look.at - before.at) / 1_000);
  const rate = (read: (of: Status["totals"]) => number, show: (n: number) => string = showCount): string => {
    const earlier = before === undefined ? 0 : read(before.status.totals);
    return `${show(Math.max(0, Math.round((read(status.totals) - earlier) / seconds)))}/s`;
  };
  const { connections, rooms, ringBytes, bufferedBytes, lag } = status;
  const state = status.draining ? "DRAINING" : status.near.length > 0 ? "NEARLY FULL" : "healthy";
  return [
    `Sotto relay ${status.version}   up ${showAge(status.uptimeMs)}   ${state}`,
    "",
    `connections  ${level(connections, showCount)}   ${rate((of) => of.connections)} new`,
    `rooms        ${level(rooms, showCount)}   ${rate((of) => of.rooms)} new`,
    `members      ${showCount(status.online)} online of ${showCount(status.members)}, ${
      showCount(status.knockers)
    } knocking`,
    "",
    `messages     ${rate((of) => of.messages)} taken, ${rate((of) => of.deliveries)} delivered`,
    `frames       ${rate((of) => of.framesIn)} in, ${rate((of) => of.framesOut)} out`,
    `bytes        ${rate((of) => of.bytesIn, showBytes)} in, ${rate((of) => of.bytesOut, showBytes)} out`,
    `latency      ${latency(status, before?.status)}`,
    `event loop   ${lag.max.toFixed(1)} ms late at worst`,
    "",
    `unsent       ${level(bufferedBytes, showBytes)}   slowest reader ${
      showBytes(status.largestBufferedBytes)
    }`,
    `kept         ${level(ringBytes, showBytes)}`,
    `memory       ${showBytes(status.memoryBytes)}`,
    "",
    `refused      ${counts(status.totals.refusals)}`,
    `closed       ${counts(status.totals.closes)}`,
    `dropped      ${counts(status.totals.drops)}`,
    `bans         ${showCount(status.bans)}`,
  ];
}

function level({ now, most }: { now: number; most: number }, show: (n: number) => string): string {
  const filled = Math.min(BAR, Math.round(BAR * now / Math.max(1, most)));
  return `[${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${show(now)} of ${show(most)}`;
}

/** The class below which so many of the turns since then were. */
function latency(status: Status, before: Status | undefined): string {
  const since = status.totals.latency.map((count, i) => count - (before?.totals.latency[i] ?? 0));
  const all = since.reduce((sum, count) => sum + count, 0);
  if (all === 0) return "nothing to deliver";
  const below = (part: number): string => {
    let sum = 0;
    for (const [i, bound] of LATENCY_BOUNDS_MS.entries()) {
      sum += since[i] ?? 0;
      if (sum >= part * all) return `under ${bound} ms`;
    }
    return `over ${LATENCY_BOUNDS_MS.at(-1)} ms`;
  };
  return `half ${below(0.5)}, 99 % ${below(0.99)}`;
}
