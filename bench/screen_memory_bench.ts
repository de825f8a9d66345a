/**
 * Memory of the full screen with 10,000 messages, in each form in which people run it. Linux: it reads `/proc`.
 *
 * @module
 */
import { bundle } from "../tools/bundle.ts";
import { v8Flags } from "../tools/compile_program.ts";
import type { Report } from "./report.ts";
import { ScreenClient, type ScreenForm } from "./screen_client.ts";
import { wait, withTalker } from "./screen_talker.ts";

/** How many messages the client has in the end; none is more than it keeps. */
export const MESSAGES = 10_000;
const MIB = 2 ** 20;

/** What a client takes with all messages in it: the checkout, the same with V8's flags, the bundle as binaries run it. */
export async function benchScreenMemory(report: Report): Promise<void> {
  await one(report, "screen/rss_mb_10000_messages", {});
  await one(report, "screen/rss_mb_10000_messages/v8_flags", { flags: v8Flags("sotto") });
  const folder = await Deno.makeTempDir({ prefix: "sotto-bench-" });
  try {
    const { path } = await bundle("client.ts", `${folder}/client.js`, { commit: "" });
    // Deno reads a file through at its first start and remembers what it imports: some 25 MiB, that time only.
    await new Deno.Command(Deno.execPath(), { args: ["run", "-A", path, "--version"] }).output();
    await one(report, "screen/rss_mb_10000_messages/bundle_v8_flags", {
      flags: ["--no-code-cache", ...v8Flags("sotto")], // as binaries run it
      entry: path,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function one(report: Report, name: string, form: ScreenForm): Promise<void> {
  await withTalker(async ({ relay, code, there, say, burst }) => {
    await using screen = new ScreenClient(["join", code, "--nick", "me", "--relay", relay], form);
    await there;
    await screen.shows("online");
    await burst(MESSAGES - 1);
    await say("the last of them");
    await screen.shows("the last of them");
    await wait(2_000);
    const { resident, own, file } = await screen.memory();
    report.figure(name, resident / MIB, "MiB");
    report.figure(`${name}/own`, own / MIB, "MiB");
    report.figure(`${name}/of_deno`, file / MIB, "MiB");
  });
}
