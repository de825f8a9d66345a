/** IP addresses and ranges of them (CIDR), read strictly. @module */

/** An address as the words that it is made of: 4 bytes for IPv4, 8 groups of 16 bits for IPv6. */
interface Words {
  readonly words: readonly number[];
  readonly width: 8 | 16;
}

const MAPPED = [0, 0, 0, 0, 0, 0xffff];

/** A range of addresses: a single one, or all that share the first bits. */
export interface Cidr {
  /** As it was written. */
  readonly text: string;
  /** Whether an address is in it; text that is no address never is. */
  has(ip: string): boolean;
}

/** True for the text of an IPv4 or IPv6 address; brackets, ports and zones are none of it. */
export function isAddress(text: string): boolean {
  return readAddress(text) !== undefined;
}

/** True for an address that never leaves this machine. */
export function isLoopback(ip: string): boolean {
  return LOOPBACK.some((range) => range.has(ip));
}

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32` or a single address.
 *
 * @throws {RangeError} Naming the text, when it is neither, or when it has bits beyond its prefix.
 */
export function parseCidr(text: string): Cidr {
  const fail = (why: string): never => {
    throw new RangeError(`Cannot read the address range ${JSON.stringify(text.slice(0, 64))}: ${why}`);
  };
  const [address = "", prefix, ...rest] = text.split("/");
  const whole = readAddress(address);
  if (whole === undefined || rest.length > 0) {
    return fail("write an address such as 192.0.2.7, or a range such as 192.0.2.0/24 or 2001:db8::/32");
  }
  const most = address.includes(":") ? 128 : 32;
  if (prefix !== undefined && (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > most)) {
    return fail(`after the slash comes a number from 0 to ${most}`);
  }
  let bits = prefix === undefined ? most : Number(prefix);
  if (most === 128 && whole.width === 8) bits -= 96; // ::ffff:192.0.2.0/120 is 192.0.2.0/24
  if (bits < 0) return fail("IPv4 addresses in IPv6 need at least /96");
  if (whole.words.some((word, i) => (word & ~mask(bits, i, whole.width)) !== 0)) {
    return fail(`it has bits beyond /${prefix}; write the first address of the range`);
  }
  return {
    text,
    has(ip) {
      const other = readAddress(ip.split("%", 1)[0] ?? "");
      return other !== undefined && other.width === whole.width &&
        whole.words.every((word, i) => word === ((other.words[i] ?? 0) & mask(bits, i, whole.width)));
    },
  };
}

/** Whether a range is all of IPv4, or all of IPv6. */
export function isEverybody(range: Cidr): boolean {
  return ENDS.some((ends) => ends.every((ip) => range.has(ip)));
}

const ENDS = [["0.0.0.0", "255.255.255.255"], ["::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]];
const LOOPBACK = ["127.0.0.0/8", "::1"].map(parseCidr);

/** The part of `bits` leading ones that falls on word `i`. */
function mask(bits: number, i: number, width: number): number {
  const ones = Math.max(0, Math.min(width, bits - i * width));
  return ((1 << width) - 1) & ~((1 << (width - ones)) - 1);
}

/** IPv4 in IPv6 (`::ffff:…`) counts as IPv4. */
function readAddress(text: string): Words | undefined {
  if (!text.includes(":")) {
    const words = readV4(text);
    return words && { words, width: 8 };
  }
  const words = readV6(text);
  if (words === undefined) return undefined;
  if (!MAPPED.every((word, i) => words[i] === word)) return { words, width: 16 };
  const [high = 0, low = 0] = words.slice(6);
  return { words: [high >> 8, high & 255, low >> 8, low & 255], width: 8 };
}

function readV4(text: string): number[] | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}$/.test(text) || text.endsWith(".")) return undefined;
  const words = text.split(".").map(Number);
  return words.length === 4 && words.every((word) => word <= 255) ? words : undefined;
}

function readV6(text: string): number[] | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => readGroups(half, i === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function readGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const out: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      out.push(parseInt(group, 16));
      continue;
    }
    const v4 = last && i === groups.length - 1 ? readV4(group) : undefined;
    if (v4 === undefined) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = v4;
    out.push(a << 8 | b, c << 8 | d);
  }
  return out;
}
