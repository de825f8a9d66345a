/**
 * Checks docs/PROMISES.md: every promise names at least one proof, and every proof exists and is not ignored.
 *
 * A proof is a code span in the last column of a table row: `test: <name>`, `demo: <step>` or `bench: <figure>`, also
 * with what the figure must be in the table of bench/README.md: `bench: <figure> >= 150,000`.
 *
 * Which tests exist and ran is taken from the report of the last `deno task test`, not from the sources.
 *
 *     deno task promises
 *
 * @module
 */

/** One row of the table of promises. */
export interface Promised {
  line: number;
  promise: string;
  proofs: { kind: string; name: string }[];
}

/** What exists to prove things with. */
export interface Evidence {
  tests: ReadonlySet<string>;
  ignored: ReadonlySet<string>;
  /** Source text of the demo. */
  demo: string;
  /** Source text of the benchmarks. */
  bench: string;
  /** What the table of the last run says, by figure. */
  figures: ReadonlyMap<string, number>;
}

/** Reads the rows of all tables. */
export function readPromises(markdown: string): Promised[] {
  const out: Promised[] = [];
  markdown.split("\n").forEach((text, i) => {
    const cells = text.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim());
    const last = cells.at(-1);
    if (cells.length < 2 || last === undefined || /^:?-+:?$/.test(last) || /^shown by$/i.test(last)) return;
    const proofs = [...last.matchAll(/(?<!`)(`+) ?(test|demo|bench): (.+?) ?\1(?!`)/g)].map((
      [, , kind, name],
    ) => ({
      kind: kind ?? "",
      name: (name ?? "").replaceAll("\\|", "|"),
    }));
    out.push({ line: i + 1, promise: cells[0] ?? "", proofs });
  });
  return out;
}

/** What is wrong with the promises, each as a sentence. */
export function faults(promises: readonly Promised[], evidence: Evidence): string[] {
  const out: string[] = [];
  if (promises.length === 0) out.push("docs/PROMISES.md makes no promise");
  for (const { line, promise, proofs } of promises) {
    const where = `docs/PROMISES.md:${line}: ${promise}`;
    if (proofs.length === 0) out.push(`${where}: nothing shows it`);
    for (const { kind, name } of proofs) {
      if (kind === "test" && evidence.ignored.has(name)) out.push(`${where}: the test "${name}" is ignored`);
      else if (kind === "test" && !evidence.tests.has(name)) out.push(`${where}: there is no test "${name}"`);
      if (kind === "demo" && !evidence.demo.includes(name)) {
        out.push(`${where}: the demo has no step "${name}"`);
      }
      if (kind === "bench") out.push(...figureFaults(name, evidence).map((fault) => `${where}: ${fault}`));
    }
  }
  return out;
}

/** What is wrong with a figure, such as `relay/1x10` or `relay/1x10 >= 1,200,000`. */
function figureFaults(proof: string, { bench, figures }: Evidence): string[] {
  const [, name = "", than, bound = ""] = /^(.*?)(?: (>=|<=) ([\d.,]+))?$/.exec(proof) ?? [];
  const figure = name.slice(name.indexOf("/")); // a room's figures are printed behind its size
  const forms = ['"' + name, "`" + name + "$", "}" + figure]; // as it is, with a form behind it, with a size before it
  if (!forms.some((form) => bench.includes(form))) return [`no benchmark prints "${name}"`];
  if (than === undefined) return [];
  const value = figures.get(name);
  if (value === undefined) return [`the table of bench/README.md has no "${name}"`];
  const most = number(bound);
  return (than === ">=" ? value >= most : value <= most)
    ? []
    : [`the table of bench/README.md says ${value} for "${name}"`];
}

/** Reads the table of the last run: `| \`figure\` | value | unit |`. */
export function readFigures(markdown: string): Map<string, number> {
  const rows = markdown.slice(markdown.indexOf("<!-- figures -->")).matchAll(
    /^\| `([^`]+)` +\| +(\S+) +\|/gm,
  );
  return new Map([...rows].map(([, name = "", value = ""]) => [name, number(value)]));
}

function number(text: string): number {
  return Number(text.replaceAll(",", ""));
}

/** Names of the tests of a run, from the JUnit report that `deno test --junit-path` writes. */
export function readReport(xml: string): { name: string; ignored: boolean }[] {
  const cases = xml.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  return [...cases].map(([, name, body]) => ({
    name: unescape(name ?? ""),
    ignored: body?.includes("<skipped") ?? false,
  }));
}

function unescape(text: string): string {
  const named: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(
    /&(?:#(x?)([0-9a-fA-F]+)|(\w+));/g,
    (whole, hex: string, number: string, name: string) => {
      if (number !== undefined) return String.fromCodePoint(parseInt(number, hex === "x" ? 16 : 10));
      return named[name] ?? whole;
    },
  );
}

async function* files(folder: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory && !/^(node_modules|coverage|\.git)$/.test(entry.name)) {
      yield* files(new URL(`${entry.name}/`, folder));
    } else if (entry.name.endsWith(".ts")) yield new URL(entry.name, folder);
  }
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  const tests = new Set<string>();
  const ignored = new Set<string>();
  let demo = "";
  let bench = "";
  for (const test of readReport(await Deno.readTextFile(new URL(".test-report.xml", root)))) {
    (test.ignored ? ignored : tests).add(test.name);
  }
  for await (const file of files(root)) {
    const text = await Deno.readTextFile(file);
    const path = file.href.slice(root.href.length);
    if (path.startsWith("tools/demo")) demo += text;
    if (path.startsWith("bench/")) bench += text;
  }
  const promises = readPromises(await Deno.readTextFile(new URL("docs/PROMISES.md", root)));
  const figures = readFigures(await Deno.readTextFile(new URL("bench/README.md", root)));
  const wrong = faults(promises, { tests, ignored, demo, bench, figures });
  const write = (text: string): Promise<number> => Deno.stdout.write(new TextEncoder().encode(text));
  for (const line of wrong) await write(`${line}\n`);
  if (wrong.length > 0) Deno.exit(1);
  await write(`promises: ${promises.length}, each with a proof that exists\n`);
}
