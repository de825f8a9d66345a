import assert from "node:assert/strict";
import { buildOf } from "./systems.ts";

Deno.test("buildOf() reads program, version and system from a name", () => {
  const cases: [name: string, program: string, system: string][] = [
    ["sotto-0.1.0-x86_64-unknown-linux-gnu", "sotto", "Linux, x86-64 (Intel, AMD)"],
    ["sotto-relay-0.1.0-aarch64-unknown-linux-gnu", "sotto-relay", "Linux, ARM 64"],
    ["sotto-1.22.333-aarch64-apple-darwin", "sotto", "macOS, ARM 64 (Apple silicon)"],
    ["sotto-0.1.0-rc.1-x86_64-apple-darwin", "sotto", "macOS, x86-64 (Intel)"],
    ["sotto-relay-0.1.0-x86_64-pc-windows-msvc.exe", "sotto-relay", "Windows, x86-64 (Intel, AMD)"],
  ];
  for (const [name, program, system] of cases) {
    const build = buildOf(name);
    assert.deepEqual([build?.program, build?.system], [program, system], name);
  }
});

Deno.test("buildOf() takes nothing else for a program", () => {
  for (
    const name of [
      "SHA256SUMS",
      "sotto",
      "sotto-0.1.0",
      "sotto-0.1-x86_64-unknown-linux-gnu",
      "sotto-0.1.0-riscv64-unknown-linux-gnu",
      "sotto-0.1.0-x86_64-unknown-plan9",
      "evil-0.1.0-x86_64-unknown-linux-gnu",
      "sotto-0.1.0-x86_64-unknown-linux-gnu.sha256",
      "sotto-0.1.0-x86_64-apple-darwin;rm",
    ]
  ) assert.equal(buildOf(name), undefined, name);
});
