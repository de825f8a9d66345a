/** The relay's figures for Prometheus. Loaded only where somebody asks for them. @module */
import process from "node:process";
import { Counter, Gauge, type Metric, Registry } from "prom-client";
import { type RelayClock, systemClock } from "./clock.ts";
import type { Control } from "./control.ts";
import { LATENCY_BOUNDS_MS } from "./counters.ts";
import type { Figures } from "./figures.ts";
import { LoopLag } from "./loop_lag.ts";
import { COUNTERS, GAUGES, LABELLED } from "./metrics_table.ts";

/** What the figures are taken from. */
export interface MetricsOptions {
  /** The relay. */
  control: Control;
  /** How many access tokens there are, where there are any. */
  activeTokens?: () => number;
  /** Time. @default the machine's */
  clock?: RelayClock;
}

/** A way to set one metric. */
type Setter = (figures: Figures) => void;

/**
 * Prometheus text about one relay. No label can carry a room, a name or an address: all words are from lists in the
 * source.
 *
 * @example Served by the relay
 * ```ts ignore
 * const metrics = new Metrics({ control: relay.control });
 * await metrics.text();
 * metrics.close();
 * ```
 */
export class Metrics {
  /** The content type of {@linkcode text}. */
  readonly contentType: string = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #setters: Setter[] = [];
  readonly #lag: LoopLag;
  readonly #options: MetricsOptions;
  #latency: Figures["totals"] | undefined;

  /** Begins to sample the event loop. */
  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#lag = new LoopLag(options.clock ?? systemClock);
    for (const [name, help, read] of GAUGES) this.#gauge(name, help, read);
    for (const [name, help, read] of COUNTERS) this.#counter(name, help, read);
    for (const { name, help, label, words, read } of LABELLED) {
      const counter = new Counter({ name, help, labelNames: [label], registers: [this.#registry] });
      this.#setters.push((figures) => {
        counter.reset();
        for (const word of words) counter.inc({ [label]: word }, read(figures, word));
      });
    }
    const { activeTokens } = options;
    if (activeTokens !== undefined) {
      this.#gauge("sotto_access_tokens", "Access tokens that are valid", () => activeTokens());
    }
    this.#addProcess();
    this.#addLatency();
  }

  /** All figures of this moment, as Prometheus reads them. */
  async text(): Promise<string> {
    const figures = this.#options.control.figures();
    for (const set of this.#setters) set(figures);
    this.#latency = figures.totals;
    return await this.#registry.metrics();
  }

  /** Ends the sampling. */
  close(): void {
    this.#lag.close();
  }

  #gauge(name: string, help: string, read: (figures: Figures) => number): void {
    const gauge = new Gauge({ name, help, registers: [this.#registry] });
    this.#setters.push((figures) => gauge.set(read(figures)));
  }

  /** What the relay has counted itself is set as it is. */
  #counter(name: string, help: string, read: (figures: Figures) => number): void {
    const counter = new Counter({ name, help, registers: [this.#registry] });
    this.#setters.push((figures) => {
      counter.reset();
      counter.inc(read(figures));
    });
  }

  #addProcess(): void {
    const began = Date.now() / 1_000 - performance.now() / 1_000;
    this.#gauge("process_resident_memory_bytes", "Resident memory", () => Deno.memoryUsage().rss);
    this.#gauge(
      "process_heap_bytes",
      "Memory of the JavaScript heap in use",
      () => Deno.memoryUsage().heapUsed,
    );
    this.#gauge("process_start_time_seconds", "When the process began, since 1970", () => began);
    this.#counter("process_cpu_seconds_total", "CPU time used", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    const name = "sotto_event_loop_lag";
    const max = new Gauge({
      name: `${name}_max_seconds`,
      help: "The latest that a timer ran since the last time of asking",
      registers: [this.#registry],
    });
    const mean = new Gauge({
      name: `${name}_mean_seconds`,
      help: "How late timers ran on the average since then",
      registers: [this.#registry],
    });
    this.#setters.push(() => {
      const lag = this.#lag.take();
      max.set(lag.max / 1_000);
      mean.set(lag.mean / 1_000);
    });
  }

  /** The relay keeps its own classes, which `Histogram` cannot be given; the registry needs no more than `get`. */
  #addLatency(): void {
    const name = "sotto_delivery_latency_seconds";
    const help = "Time from the first frame taken in a turn to the last byte handed on";
    const get = () =>
      Promise.resolve({ name, help, type: "histogram", values: latencyValues(name, this.#latency) });
    this.#registry.registerMetric({ name, help, get } as unknown as Metric);
  }
}

interface Value {
  metricName: string;
  labels: Record<string, string>;
  value: number;
}

/** The classes, each with all below it, as a histogram has them. */
function latencyValues(name: string, totals: Figures["totals"] | undefined): Value[] {
  let sum = 0;
  const bounds = [...LATENCY_BOUNDS_MS.map((ms) => String(ms / 1_000)), "+Inf"];
  const values = bounds.map((le, i): Value => {
    sum += totals?.latency[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le }, value: sum };
  });
  return [
    ...values,
    { metricName: `${name}_sum`, labels: {}, value: (totals?.latencySumMs ?? 0) / 1_000 },
    { metricName: `${name}_count`, labels: {}, value: sum },
  ];
}
