/** How the text of a setting becomes its value. A reader throws `RangeError` with what would be right. @module */
import { parseCidr } from "../cidr.ts";
import { parseOrigins } from "../origins.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZES: Readonly<Record<string, number>> = { "": 1, K: 1_024, M: 1_048_576, G: 1_073_741_824 };

const BYTE_EXAMPLES = [["65536", 65_536], ["64K", 65_536], ["16M", 16_777_216], [
  "1G",
  1_073_741_824,
]] as const;

/** A host and a port. */
export interface HostPort {
  hostname: string;
  port: number;
}

/** Any text but none. */
export function text(given: string): string {
  if (given.trim() === "") throw new RangeError("it must not be empty");
  return given;
}

/** A whole number within bounds. */
export function wholeNumber(min: number, max: number): (given: string) => number {
  return (given) => {
    const value = Number(given);
    if (!/^\d+$/.test(given) || value < min || value > max) {
      throw new RangeError(`it must be a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

/** A time in milliseconds: seconds, or numbers with units such as `24h` or `1h30m`. */
export function duration(minMs: number, maxMs: number): (given: string) => number {
  return (given) => {
    const value = milliseconds(given);
    if (value === undefined || value < minMs || value > maxMs) {
      throw new RangeError(
        `it must be a time from ${showDuration(minMs)} to ${
          showDuration(maxMs)
        }, in seconds or such as 90s, 10m or 24h`,
      );
    }
    return value;
  };
}

function milliseconds(given: string): number | undefined {
  if (/^\d{1,12}$/.test(given)) return Number(given) * 1_000;
  if (!/^(\d{1,12}(ms|s|m|h|d))+$/.test(given)) return undefined;
  let sum = 0;
  for (const [, count, unit = ""] of given.matchAll(/(\d+)(ms|[smhd])/g)) {
    sum += Number(count) * (UNITS[unit] ?? 0);
  }
  return sum;
}

/** A time as it could be typed. */
export function showDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const size = UNITS[unit] ?? 1;
    if (ms % size === 0 && ms >= (unit === "d" ? 2 * size : size)) return `${ms / size}${unit}`;
  }
  return ms === 0 ? "0s" : `${ms}ms`;
}

/** A number of bytes, perhaps with K, M or G. */
export function byteCount(min: number, max: number): (given: string) => number {
  return (given) => {
    const [, digits, unit = ""] = /^(\d{1,15})([KMG]?)i?B?$/i.exec(given) ?? [];
    const value = Number(digits) * (SIZES[unit.toUpperCase()] ?? 1);
    if (digits === undefined || value < min || value > max) {
      const fitting = BYTE_EXAMPLES.filter(([, bytes]) => bytes >= min && bytes <= max).map(([shown]) =>
        shown
      );
      throw new RangeError(
        `it must be a number of bytes from ${min} to ${max}, such as ${fitting.join(", ")}`,
      );
    }
    return value;
  };
}

/** One of a few words. */
export function oneOf<const W extends string>(
  ...words: W[]
): ((given: string) => W) & { readonly words: readonly W[] } {
  const read = (given: string): W => {
    const found = words.find((word) => word === given);
    if (found === undefined) throw new RangeError(`it must be one of ${words.join(", ")}`);
    return found;
  };
  return Object.assign(read, { words });
}

/** Yes or no. */
export function yesOrNo(given: string): boolean {
  if (/^(1|true|yes|on)$/i.test(given)) return true;
  if (/^(0|false|no|off)$/i.test(given)) return false;
  throw new RangeError("it must be yes or no");
}

/** `host:port`, `[::1]:port`, `:port` or a port alone; without a host it is this machine only. */
export function hostPort(given: string): HostPort {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(given) ?? [];
  const port = digits === undefined ? -1 : Number(digits);
  if (port < 0 || port > 65_535) throw new RangeError("it must be host:port, such as 127.0.0.1:9100");
  return { hostname: bracketed ?? (plain || "127.0.0.1"), port };
}

/** A host and a port as they are typed. */
export function showHostPort({ hostname, port }: HostPort): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** The origin of web pages, or `*`. */
export function origin(given: string): string {
  return checked(given, () => parseOrigins([given]));
}

/** An address or a range of addresses. */
export function cidr(given: string): string {
  return checked(given, () => parseCidr(given));
}

/** The text, when `check` does not refuse it; of its sentence only the reason is kept, the value is named already. */
function checked(given: string, check: () => unknown): string {
  try {
    check();
    return given;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const reason = error.message.lastIndexOf('": ');
    throw new RangeError(reason < 0 ? error.message : error.message.slice(reason + 3));
  }
}

/** Several values with commas between them. None at all would be taken for all, where a list says who may come in. */
export function list<T>(read: (given: string) => T): (given: string) => T[] {
  return (given) => {
    const parts = given.split(",").map((part) => part.trim()).filter((part) => part !== "");
    if (parts.length === 0) throw new RangeError("it names nothing; leave it out, or name at least one");
    return parts.map(read);
  };
}

/** A host to listen on; IPv6 may come in brackets, as in URLs. */
export function host(given: string): string {
  return /^\[([0-9a-f:.]+)\]$/i.exec(given)?.[1] ?? text(given);
}
