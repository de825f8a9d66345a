/** Which web pages may talk to the relay: the `Origin` header of browsers. @module */

/** The pages that are let in besides the relay's own. */
export interface Origins {
  /** Whether somebody with this `Origin` may connect and post. No header: no browser, nothing to protect. */
  admits(origin: string | null, host: string): boolean;
  /** What `Access-Control-Allow-Origin` says to it; undefined when it is not listed. */
  shares(origin: string | null): string | undefined;
}

/**
 * Reads a list of origins such as `https://chat.example`, `null` for pages that are opened from a file, or `*` for all.
 *
 * @throws {RangeError} Naming the text that is none.
 */
export function parseOrigins(list: readonly string[]): Origins {
  const listed = new Set<string>();
  for (const text of list) listed.add(text === "*" || text === "null" ? text : readOrigin(text));
  const shares = (origin: string | null): string | undefined => {
    if (origin === null) return undefined;
    if (listed.has("*")) return "*";
    return listed.has(origin.toLowerCase()) ? origin : undefined;
  };
  return {
    shares,
    admits: (origin, host) => origin === null || shares(origin) !== undefined || isSame(origin, host),
  };
}

function readOrigin(text: string): string {
  const origin = text.toLowerCase().replace(/\/$/, "");
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@\s]+)$/.exec(origin) ?? [];
  const parsed = URL.parse(origin);
  if (scheme === undefined || host === undefined || parsed === null || parsed.host === "") {
    const shown = JSON.stringify(text.slice(0, 64));
    throw new RangeError(
      `Cannot allow the origin ${shown}: write https://host, https://host:port, null for files, or *`,
    );
  }
  // Browsers leave out the usual port.
  return parsed.origin === "null" ? origin : parsed.origin;
}

function isSame(origin: string, host: string): boolean {
  const page = URL.parse(origin);
  if (page === null || !/^https?:$/.test(page.protocol) || page.origin !== origin.toLowerCase()) return false;
  const here = URL.parse(`${page.protocol}//${host}/`); // drops the usual port here as well
  return here !== null && here.host === page.host;
}
