/** Lengths of time as people write them (`90s`, `10m`, `1h30m`) and as they are told (`2 s`, `12 min`). @module */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Reads a length of time.
 *
 * @param text Hours, minutes and seconds, each at most once and in this order: `90s`, `10m`, `1h30m`.
 * @returns Milliseconds; undefined when it is written in another way.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const [hours, minutes, seconds] = match.slice(1).map((digits) => Number(digits ?? 0));
  return (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0) * SECOND;
}

/** Writes a length of time as {@linkcode parseDuration} reads it: `1h30m`. */
export function durationArgument(ms: number): string {
  const whole = Math.round(ms / SECOND);
  const parts: [number, string][] = [
    [Math.floor(whole / 3_600), "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ];
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`).join("") || "0s";
}

/**
 * Tells a length of time, no more exactly than people need it.
 *
 * @param ms Milliseconds; what has begun counts.
 * @returns `2 s`, `12 min` or `1 h 30 min`.
 */
export function durationText(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / SECOND));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
