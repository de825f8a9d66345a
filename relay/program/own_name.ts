/** What the programs are called where they run. @module */

/**
 * Names the programs as they are installed: in a compiled program, texts that say `deno run -A client.ts` say `sotto`.
 *
 * @param text Words of the program, never of people.
 * @param compiled Whether this is a compiled program.
 */
export function asInstalled(text: string, compiled: boolean = Deno.build.standalone): string {
  if (!compiled) return text;
  return text.replace(
    /(?:deno run (?:-\S+ )*)?(?<![\w/.-])(client|server)\.ts(?![\w/-])/g,
    (_, which) => which === "client" ? "sotto" : "sotto-relay",
  );
}
