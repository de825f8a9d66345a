/** What the benchmarks found: printed as it comes, kept for the table. @module */

const encoder = new TextEncoder();

/** One measured figure. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
}

/** Widths of the table that is printed: names, values. */
const NAME = 53;
const VALUE = 10;

/** Collects figures and prints them: on standard output nothing else, on standard error all that is said beside them. */
export class Report {
  readonly figures: Figure[] = [];
  readonly errors: string[] = [];
  readonly #json: boolean;

  /** With `json`, prints a JSON line for each figure, else a row of a table. */
  constructor({ json }: { json: boolean }) {
    this.#json = json;
  }

  /** Adds and prints a figure. */
  figure(name: string, value: number, unit: string): void {
    const figure = { name, value: Number(value.toPrecision(4)), unit };
    if (this.figures.length === 0 && !this.#json) print(row("figure", "value", "unit"));
    this.figures.push(figure);
    print(this.#json ? JSON.stringify(figure) : row(name, shownValue(figure.value), unit));
  }

  /** Adds and prints a failure; the others go on. */
  failed(what: string, error: unknown): void {
    const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    this.errors.push(message);
    say(`error ${message}`);
  }

  /** Says something about the figures. */
  note(text: string): void {
    say(text);
  }

  /** Says to whoever waits what goes on, and since when. */
  progress(text: string): void {
    say(`[${duration(performance.now()).padStart(6)}] ${text}`);
  }
}

/** A figure's value for people. */
export function shownValue(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
}

/** Such as `6:05`, in minutes and seconds. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function row(name: string, value: string, unit: string): string {
  return `${name.padEnd(NAME)} ${value.padStart(VALUE)}  ${unit}`;
}

/** Prints a line on standard output. */
export function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

function say(line: string): void {
  Deno.stderr.writeSync(encoder.encode(`${line}\n`));
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? NaN;
  return (low + high) / 2;
}

/** Rejects with a sentence when `work` takes longer than `ms`. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
