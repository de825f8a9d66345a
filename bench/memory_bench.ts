/** What does not depend on how fast anything goes: the memory of the programs that users run. @module */
import { Program, startRelay } from "./processes.ts";
import type { Report } from "./report.ts";
import { benchScreenMemory } from "./screen_memory_bench.ts";

const MIB = 1_048_576;
const MESSAGES = 200;

/** All figures of memory but those of idle members and of full load, which need the machine for themselves. */
export async function benchMemory(report: Report): Promise<void> {
  await benchTalked(report);
  await benchScreenMemory(report);
}

/** A relay and two clients that have talked: each process's resident memory. */
async function benchTalked(report: Report): Promise<void> {
  const relay = await startRelay();
  await using _relay = relay.program;
  const common = ["--json", "--relay", relay.url];
  await using alice = new Program(["client.ts", "create", "--nick", "alice", ...common]);
  const [, invite = ""] = await alice.prints(/"invite":"([^"]+)"/);
  await using bob = new Program(["client.ts", "join", invite, "--nick", "bob", ...common]);
  await bob.prints(/"member_confirmed"/);
  for (let i = 0; i < MESSAGES; i++) {
    await alice.type(JSON.stringify({ command: "send", text: `message ${i} ${"x".repeat(180)}` }));
  }
  await bob.prints(new RegExp(`message ${MESSAGES - 1} `), 60_000);
  report.figure("memory/client_rss_mb", await alice.rss() / MIB, "MiB");
  report.figure("memory/relay_rss_mb", await relay.program.rss() / MIB, "MiB");
}
