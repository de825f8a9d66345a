/** How the programs were started, and what they are called there. @module */

/** How this program was started. */
export type Started =
  /** From its sources. */
  | { kind: "checkout" }
  /** As a command that is installed: compiled, or by a package. */
  | { kind: "installed" }
  /** As one file, by Deno. */
  | { kind: "bundle" }
  /** From the relay that serves it. */
  | { kind: "served"; url: string };

/**
 * Tells from where code was loaded how the program was started.
 *
 * @param url Where this very module is: in a bundle, where the bundle is.
 * @param compiled Whether it is in a compiled program.
 */
export function startedFrom(url: string, compiled: boolean): Started {
  const { protocol, pathname } = new URL(url);
  if (compiled || pathname.endsWith("/sotto.js") || pathname.endsWith("/sotto-relay.js")) {
    return { kind: "installed" };
  }
  if (pathname.endsWith(".ts")) return { kind: "checkout" };
  // A relay serves it at this path and no other.
  return /^https?:$/.test(protocol) && pathname === "/client.js"
    ? { kind: "served", url }
    : { kind: "bundle" };
}

/** How this program was started. */
export const STARTED: Started = startedFrom(import.meta.url, Deno.build.standalone);

/** The relay that a served client came from, as it may be written for `--relay`; undefined for every other. */
export function homeRelay(started: Started = STARTED): string | undefined {
  return started.kind === "served" ? new URL(started.url).origin : undefined;
}

/** What stands for `deno run -A client.ts`, and in short; the same of the relay. */
type Names = Readonly<Record<"client" | "server", readonly [full: string, short: string]>>;

/**
 * Names the programs as they are called where this one runs: an installed one calls `deno run -A client.ts` `sotto`.
 *
 * @param text Words of the program, never of people.
 * @param started How it was started.
 */
export function asInstalled(text: string, started: Started = STARTED): string {
  const names = namesOf(started);
  if (names === null) return text;
  return text.replace(
    /(deno run (?:-\S+ )*)?(?<![\w/.-])(client|server)\.ts(?![\w/-])/g,
    (_, run: string | undefined, which: keyof Names) => names[which][run === undefined ? 1 : 0],
  );
}

function namesOf(started: Started): Names | null {
  switch (started.kind) {
    case "checkout":
      return null;
    case "installed":
      return { client: ["sotto", "sotto"], server: ["sotto-relay", "sotto-relay"] };
    case "bundle":
      return {
        client: ["deno run -A client.js", "client.js"],
        server: ["deno run -A server.js", "server.js"],
      };
    case "served":
      return {
        client: [`deno run -A ${started.url}`, "client.js"],
        server: ["deno run -A server.ts", "server.ts"],
      };
  }
}
