/** The people of the demonstration and what they are told. @module */
import { createRoom, joinRoom, type RoomSession, type SessionEvent } from "../client/mod.ts";
import type { MeddlingRelay } from "./meddling_relay.ts";

const encoder = new TextEncoder();
const WIDTH = 78;

/** Longest wait for anything, in milliseconds. */
export const PATIENCE_MS = 60_000;

/** Prints lines. */
export function print(...lines: string[]): void {
  for (const line of lines) Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

/** Prints a paragraph, indented, no wider than a small terminal. */
export function tell(text: string, indent = 3): void {
  const margin = " ".repeat(indent);
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && margin.length + line.length + 1 + word.length > WIDTH) {
      print(margin + line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  print(margin + line);
}

/** Counts what the demonstration claims, and whether it held. */
export class Checks {
  held = 0;
  failed = 0;

  /** Prints a claim and whether it holds. */
  claim(text: string, holds: boolean): void {
    if (holds) this.held++;
    else this.failed++;
    tell(`${holds ? "[ok]" : "[FAILED]"} ${text}`);
  }
}

/** An event of one type. */
export type Told<T extends SessionEvent["type"]> = Extract<SessionEvent, { type: T }>;

/** One person at a terminal. */
export class Person {
  readonly name: string;
  /** Everything this person's client said, in order. */
  readonly events: SessionEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #session: RoomSession | null = null;

  /** Somebody with this nickname. */
  constructor(name: string) {
    this.name = name;
  }

  /** Founds a room. */
  async create(relay: string): Promise<void> {
    this.#session = await createRoom({ relay, nick: this.name, onEvent: (event) => this.#take(event) });
  }

  /** Joins by a code. */
  async join(relay: string, code: string): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    this.#session = await joinRoom({
      relay,
      code,
      nick: this.name,
      signal,
      onEvent: (event) => this.#take(event),
    });
  }

  /** The running session. */
  get session(): RoomSession {
    if (this.#session === null) throw new Error(`${this.name} is in no room`);
    return this.#session;
  }

  /** Says something to the room; prints it. */
  async say(text: string): Promise<void> {
    print(`   ${this.name}: ${text}`);
    await this.session.run({ command: "send", text });
  }

  /** All events of one type so far. */
  all<T extends SessionEvent["type"]>(type: T): Told<T>[] {
    return this.events.filter((event): event is Told<T> => event.type === type);
  }

  /** The texts this person has been shown, in order. */
  get read(): string[] {
    return this.all("message").map(({ text }) => text);
  }

  /** Waits until `test` is true of what this person has been told; false when it takes too long. */
  async until(
    test: (events: readonly SessionEvent[]) => boolean,
    ms: number = PATIENCE_MS,
  ): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (!test(this.events)) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#waiting.add(wake);
      });
    }
    return true;
  }

  /** Waits until this person has read `text`. */
  reads(text: string): Promise<boolean> {
    return this.until(() => this.read.includes(text));
  }

  #take(event: SessionEvent): void {
    this.events.push(event);
    for (const wake of [...this.#waiting]) wake();
  }
}

/** What the acts share. */
export interface Stage {
  relay: MeddlingRelay;
  alice: Person;
  bob: Person;
  carol: Person;
  checks: Checks;
}

/** The newest codes that a person was shown. */
export function codes(person: Person): { invite: string; code: string } {
  const { invite, code } = person.all("invite").at(-1) ?? { invite: "", code: "" };
  return { invite, code: code ?? "" };
}
