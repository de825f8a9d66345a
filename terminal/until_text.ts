/** Until when a message that disappears stays: `until 12:14`. A time of the clock, so that nothing has to be redrawn. @module */

const MINUTES_MS = 120_000;
const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };

/**
 * Says it.
 *
 * @param until When it goes, in milliseconds.
 * @param from When it was shown: on that day the day is not said, and of what goes soon the seconds are.
 */
export function untilText(until: number, from: number): string {
  const [end, begin] = [new Date(until), new Date(from)];
  if (Number.isNaN(end.getTime()) || Number.isNaN(begin.getTime())) return "until later";
  const digits = [end.getHours(), end.getMinutes(), ...until - from < MINUTES_MS ? [end.getSeconds()] : []];
  const clock = digits.map((part) => String(part).padStart(2, "0")).join(":");
  if (end.toDateString() === begin.toDateString()) return `until ${clock}`;
  const parts = new Intl.DateTimeFormat("en", DAY).formatToParts(end);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  return `until ${part("day")} ${part("month")}, ${clock}`;
}
