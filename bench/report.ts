/** What the benchmarks found: printed as it comes, kept for the table. @module */

const encoder = new TextEncoder();

/** One measured figure. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
}

/** Collects figures. */
export class Report {
  readonly figures: Figure[] = [];
  readonly errors: string[] = [];
  readonly #json: boolean;

  /** With `json`, prints JSON lines and nothing else. */
  constructor({ json }: { json: boolean }) {
    this.#json = json;
  }

  /** Adds and prints a figure. */
  figure(name: string, value: number, unit: string): void {
    const figure = { name, value: Number(value.toPrecision(4)), unit };
    this.figures.push(figure);
    if (this.#json) this.#print(JSON.stringify(figure));
    else this.#print(`${name.padEnd(42)} ${String(figure.value).padStart(10)} ${unit}`);
  }

  /** Adds and prints a failure; the others go on. */
  failed(what: string, error: unknown): void {
    const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    this.errors.push(message);
    if (this.#json) Deno.stderr.writeSync(encoder.encode(`error ${message}\n`));
    else this.#print(`error ${message}`);
  }

  /** Prints a line for people only. */
  note(text: string): void {
    if (!this.#json) this.#print(text);
  }

  #print(line: string): void {
    Deno.stdout.writeSync(encoder.encode(`${line}\n`));
  }
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
