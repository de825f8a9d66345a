/**
 * Prints what CHANGELOG.md says of a version, for the notes of a release.
 *
 *     deno run --allow-read tools/release_notes.ts v0.1.0
 *
 * Fails when the tag is not that of deno.json's version, or nothing is written of it.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/**
 * Finds the notes of a version.
 *
 * @param changelog The text of CHANGELOG.md.
 * @param tag The tag, such as `v0.1.0`.
 * @param version The version of deno.json.
 * @throws {Error} If the tag is another version's, or there are no notes.
 */
export function releaseNotes(changelog: string, tag: string, version: string): string {
  if (tag !== `v${version}`) throw new Error(`Cannot release ${tag}: deno.json has version ${version}`);
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  const notes = section?.slice(section.indexOf("\n") + 1).trim() ?? "";
  if (notes === "") throw new Error(`Cannot release ${tag}: CHANGELOG.md says nothing of ${version}`);
  if (/^\S+.*unreleased/i.test(section ?? "")) {
    throw new Error(`Cannot release ${tag}: CHANGELOG.md calls it unreleased; put the day there`);
  }
  return `${notes}\n`;
}

if (import.meta.main) {
  const changelog = await Deno.readTextFile(new URL("../CHANGELOG.md", import.meta.url));
  try {
    const notes = releaseNotes(changelog, Deno.args[0] ?? "", config.version);
    await Deno.stdout.write(new TextEncoder().encode(notes));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await Deno.stderr.write(new TextEncoder().encode(`${why}\n`));
    Deno.exit(1);
  }
}
