/** Puts the figures of a run into `bench/README.md`. @module */
import { fileURLToPath } from "node:url";
import { type Figure, shownValue } from "./report.ts";

const README = new URL("./README.md", import.meta.url);
const BEGIN = "<!-- figures -->";
const END = "<!-- /figures -->";

/** Replaces what stands between the two marks; figures that were not taken this time keep their last value. */
export async function writeTable(figures: readonly Figure[]): Promise<void> {
  const text = await Deno.readTextFile(README);
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("bench/README.md has no place for the figures");
  const rows = new Map<string, string>();
  for (const line of text.slice(begin, end).split("\n")) {
    const name = /^\| `([^`]+)`/.exec(line)?.[1];
    if (name !== undefined) rows.set(name, line);
  }
  for (const { name, value, unit } of figures) {
    rows.set(name, `| \`${name}\` | ${shownValue(value)} | ${unit} |`);
  }
  const table = ["| figure | value | unit |", "| --- | ---: | --- |", ...rows.values()].join("\n");
  await Deno.writeTextFile(README, `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", fileURLToPath(README)],
  })
    .output();
  if (!success) throw new Error("bench/README.md could not be formatted");
}
