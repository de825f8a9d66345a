import assert from "node:assert/strict";
import { FakeClock, TestRelay } from "../tests/relay_helpers.ts";
import { CloseCode, ErrorCode } from "../wire/mod.ts";
import { Metrics } from "./metrics.ts";

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads Prometheus text as strictly as promtool does; throws on the first line that is none. */
function parse(text: string): { samples: Sample[]; types: Map<string, string> } {
  assert.ok(text.endsWith("\n"));
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const helped = new Set<string>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line);
    if (help?.[1] !== undefined) {
      assert.ok(!helped.has(help[1]), `${help[1]} twice`);
      helped.add(help[1]);
    } else if (type?.[1] !== undefined && type[2] !== undefined) {
      assert.ok(helped.has(type[1]) && !types.has(type[1]), line);
      types.set(type[1], type[2]);
    } else {
      assert.ok(sample?.[1] !== undefined, `no line of Prometheus: ${line}`);
      const labels: Record<string, string> = {};
      for (const pair of sample[2]?.split(",") ?? []) {
        const [, key = "", value = ""] = /^([a-zA-Z_][a-zA-Z0-9_]*)="([^"\\]*)"$/.exec(pair) ??
          assert.fail(line);
        labels[key] = value;
      }
      const base = sample[1].replace(/_(bucket|sum|count)$/, "");
      const family = types.get(sample[1]) ?? (types.get(base) === "histogram" ? "histogram" : undefined);
      assert.ok(family, `${sample[1]} has no type`);
      if (family === "counter") assert.match(sample[1], /_total$/);
      samples.push({ name: sample[1], labels, value: Number(sample[3]) });
    }
  }
  return { samples, types };
}

async function scrape(test: TestRelay): Promise<string> {
  const metrics = new Metrics({ control: test.relay.control, clock: new FakeClock(), activeTokens: () => 3 });
  try {
    return await metrics.text();
  } finally {
    metrics.close();
  }
}

function busy(): TestRelay {
  const test = new TestRelay({ rateCount: 3 });
  const zebra = test.client("203.0.113.77");
  zebra.join(0x7a656272);
  const bob = test.client("2001:db8:77:77::1");
  bob.join(0x7a656272);
  zebra.send({ type: "admit", peerId: 2 });
  zebra.send({
    type: "publish",
    name: "zebra-club",
    topic: "stripes",
    invite: new TextEncoder().encode("zebra-invite"),
  });
  for (let i = 1; i <= 5; i++) zebra.say(i, "zebra says zulu");
  bob.table(1, "zebra", { 1: "zulu" });
  test.connect("203.0.113.78").raw(new Uint8Array([1, 2, 3]));
  test.relay.bans.add("203.0.113.99", { reason: "zebra" });
  test.clock.turn();
  return test;
}

Deno.test("Metrics.text() is Prometheus text: every sample has a type, every counter ends in _total", async () => {
  const { samples, types } = parse(await scrape(busy()));
  const value = (name: string, labels: Record<string, string> = {}) =>
    samples.find((sample) =>
      sample.name === name && Object.entries(labels).every(([key, word]) => sample.labels[key] === word)
    )?.value;
  assert.deepEqual([value("sotto_rooms"), value("sotto_members"), value("sotto_listed_rooms")], [1, 2, 1]);
  assert.deepEqual([value("sotto_messages_total"), value("sotto_deliveries_total")], [4, 4]);
  assert.equal(value("sotto_refusals_total", { code: "rateLimited" }), 1);
  assert.equal(value("sotto_closes_total", { code: "malformed" }), 1);
  assert.equal(value("sotto_drops_total", { reason: "rateLimited" }), 1);
  assert.equal(value("sotto_access_tokens"), 3);
  assert.equal(value("sotto_bans"), 1);
  assert.ok((value("process_resident_memory_bytes") ?? 0) > 1e6);
  assert.ok((value("process_cpu_seconds_total") ?? 0) > 0);
  assert.equal(types.get("sotto_delivery_latency_seconds"), "histogram");
  const buckets = samples.filter(({ name }) => name === "sotto_delivery_latency_seconds_bucket");
  assert.ok(buckets.every(({ value }, i) => value >= (buckets[i - 1]?.value ?? 0)), "each with all below it");
  assert.equal(buckets.at(-1)?.labels.le, "+Inf");
  assert.equal(buckets.at(-1)?.value, value("sotto_delivery_latency_seconds_count"));
});

Deno.test("metrics show no room, no name, no door and no address, whatever those are called", async () => {
  const test = busy();
  const text = await scrape(test);
  const [room] = test.relay.control.rooms();
  assert.ok(room);
  for (const telling of ["zebra", "zulu", "stripes", "203.0.113", "2001:db8", "7a656272", room.id]) {
    assert.ok(!text.includes(telling), telling);
  }
  const words = new Set([...Object.keys(ErrorCode), ...Object.keys(CloseCode)]);
  for (const { labels } of parse(text).samples) {
    for (const [label, word] of Object.entries(labels)) {
      if (label === "code") assert.ok(words.has(word), word);
      else assert.ok(label === "reason" || label === "le", label);
    }
  }
  assert.equal(
    text.split("\n").length,
    (await scrape(new TestRelay())).split("\n").length,
    "as many lines as with nobody there",
  );
});

Deno.test("every metric that the Grafana dashboard names exists", async () => {
  const dashboard = await Deno.readTextFile(new URL("../deploy/grafana.json", import.meta.url));
  const { panels } = JSON.parse(dashboard) as { panels: { targets?: { expr: string }[] }[] };
  const known = new Set(parse(await scrape(new TestRelay())).samples.map(({ name }) => name));
  const exprs = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  assert.ok(exprs.length >= 12);
  for (const expr of exprs) {
    const names = expr.match(/\b(?:sotto|process)_[a-z_]+/g) ?? [];
    assert.ok(names.length > 0, expr);
    for (const name of names) assert.ok(known.has(name), `${name} in ${expr}`);
  }
});
