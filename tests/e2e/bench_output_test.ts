import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

async function bench(...args: string[]): Promise<{ code: number; out: string[]; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--cached-only", "bench/run.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out?.split("\n").slice(0, -1) ?? [], err: err ?? "" };
}

Deno.test("the benchmarks print one table and nothing else on standard output", async () => {
  const { code, out, err } = await bench("--only", "lines");
  assert.equal(code, 0, err);
  assert.match(out[0] ?? "", /^figure +value {2}unit$/);
  assert.match(out[1] ?? "", /^client\/lines_10000 +[\d,.]+ {2}ms$/);
  assert.equal(out.length, 2);
  assert.match(err, /lines …\n(?:.*\n)*Took \d+:\d\d: lines \d+:\d\d\.\n$/);
});

Deno.test("the benchmarks print with --json nothing but JSON lines, and go on and exit with 1 when one fails", async () => {
  const { code, out, err } = await bench("--json", "--only", "relay,lines", "--shape", "7x7");
  assert.equal(code, 1, err);
  assert.match(err, /^error relay: there is no such shape: 7x7$/m);
  const figures = out.map((line) => JSON.parse(line));
  assert.deepEqual(figures.map(({ name, unit }) => [name, unit]), [["client/lines_10000", "ms"]]);
  assert.deepEqual(Object.keys(figures[0]), ["name", "value", "unit"]);
  assert.equal(typeof figures[0].value, "number");
});
