/** Reads the values of the command line's options; what does not fit is refused with what would. @module */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { checkPublicName } from "../client/public_name.ts";
import { durationArgument, parseDuration } from "./duration.ts";
import { parsePin } from "./pin.ts";
import { hasScheme, relayUrl } from "./relay_url.ts";
import { type ThemeName, THEMES } from "./screen/theme.ts";

/** A length of time in milliseconds that options name. */
export const SECOND = 1_000;
/** Sixty seconds. */
export const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** A relay's address, as it was written: whether it has TLS is found out later. */
export function address(text: string): string {
  asArgument(() => relayUrl(text));
  return text;
}

/** Host and port as one address. */
export function hostAndPort(host: string, port: number): string {
  const url = new URL(relayUrl(host));
  if (hasScheme(host)) {
    url.port = String(port);
    return url.href;
  }
  return `${url.hostname}:${port}`;
}

/** A port from `least` to 65535. */
export function port(text: string, least: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (value < least || value > 65535) throw new InvalidArgumentError(`Use a port from ${least} to 65535.`);
  return value;
}

/** Which colours are used. */
export function themeName(text: string): ThemeName {
  const found = THEMES.find((one) => one === text.toLowerCase());
  if (found === undefined) throw new InvalidArgumentError(`Use one of ${THEMES.join(", ")}.`);
  return found;
}

/** How many members a room may have. */
export function limitOf(text: string): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value < 2 || value > 1000) throw new InvalidArgumentError("Use a whole number from 2 to 1000.");
  return value;
}

/** A length of time from `least` to a day, in milliseconds. */
export function duration(text: string, least: number): number {
  const value = parseDuration(text);
  if (value !== undefined && value >= least && value <= DAY) return value;
  throw new InvalidArgumentError(
    `Use a time from ${durationArgument(least)} to ${durationArgument(DAY)}, such as 90s, 10m or 1h30m.`,
  );
}

/** What a room is called in the relay's list. */
export function publicName(text: string): string {
  return asArgument(() => checkPublicName(text));
}

/** The SHA-256 of a certificate. */
export function fingerprint(text: string): Uint8Array {
  return asArgument(() => parsePin(text));
}

/** Turns our own refusal into one that commander reports beside the option's name. */
function asArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : "");
  }
}
