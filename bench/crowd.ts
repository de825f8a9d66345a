/** Many members in a few workers, as one thing to ask and tell. @module */
import type { Answer, MemberState, Order } from "./member_host.ts";
import { pause, within } from "./report.ts";

/** How many members come in at the same time. */
export const AT_ONCE = 6;
const ENTER_MS = 120_000;

/** Everybody's state at one moment. */
export interface CrowdState {
  members: MemberState[];
  problems: Record<string, number>;
}

/** Members of one room. */
export class Crowd {
  readonly #relay: string;
  readonly #hosts: Worker[];
  readonly #entering = new Map<number, PromiseWithResolvers<{ ms: number; tries: number }>>();
  readonly #asked = new Map<string, (state: CrowdState) => void>();
  #invite = "";
  #askId = 0;

  /** A crowd on so many workers, with nobody in it yet. */
  constructor(relay: string, workers: number) {
    this.#relay = relay;
    this.#hosts = Array.from({ length: workers }, (_, i) => {
      const host = new Worker(new URL("./member_host.ts", import.meta.url), { type: "module" });
      host.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(i, data);
      return host;
    });
  }

  /** Founds the room if `index` is 0, else joins it; gives how long that took. */
  async enter(index: number): Promise<{ ms: number; tries: number }> {
    const entering = Promise.withResolvers<{ ms: number; tries: number }>();
    this.#entering.set(index, entering);
    this.tell(index, { order: "enter", index, relay: this.#relay, code: index === 0 ? null : this.#invite });
    return await within(ENTER_MS, `member ${index} coming in`, entering.promise);
  }

  /** Lets members `from` to `to` (exclusive) in, some at a time; gives all durations and how many had to try again. */
  async enterAll(from: number, to: number): Promise<{ times: number[]; retries: number }> {
    const times: number[] = [];
    let retries = 0;
    let next = from;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (next < to) {
        const { ms, tries } = await this.enter(next++);
        times.push(ms);
        retries += tries - 1;
      }
    }));
    return { times, retries };
  }

  /** Tells the host of a member something. */
  tell(index: number, order: Order): void {
    this.#hosts[index % this.#hosts.length]?.postMessage(order);
  }

  /** Asks everybody. */
  async state(): Promise<CrowdState> {
    const id = ++this.#askId;
    const states = await Promise.all(this.#hosts.map((host, i) =>
      new Promise<CrowdState>((resolve) => {
        this.#asked.set(`${i}-${id}`, resolve);
        host.postMessage({ order: "state", id } satisfies Order);
      })
    ));
    const problems: Record<string, number> = {};
    for (const state of states) {
      for (const [name, count] of Object.entries(state.problems)) {
        problems[name] = (problems[name] ?? 0) + count;
      }
    }
    return { members: states.flatMap(({ members }) => members), problems };
  }

  /** Asks until `test` holds; rejects with how far it came after `ms`. */
  async until(what: string, ms: number, test: (state: CrowdState) => boolean): Promise<CrowdState> {
    const deadline = performance.now() + ms;
    for (;;) {
      const state = await within(ms, what, this.state());
      if (test(state)) return state;
      if (performance.now() > deadline) {
        const least = Math.min(...state.members.map(({ confirmed }) => confirmed));
        const problems = JSON.stringify(state.problems);
        throw new Error(
          `${what}: not within ${ms / 1_000} s (least confirmed ${least}, problems ${problems})`,
        );
      }
      await pause(100);
    }
  }

  /** Ends everything at once. */
  async end(): Promise<void> {
    for (const host of this.#hosts) host.postMessage({ order: "end" } satisfies Order);
    await pause(500);
    for (const host of this.#hosts) host.terminate();
  }

  #hear(host: number, data: Answer): void {
    switch (data.answer) {
      case "invite":
        this.#invite = data.invite;
        return;
      case "entered":
        return this.#entering.get(data.index)?.resolve(data);
      case "refused":
        return this.#entering.get(data.index)?.reject(new Error(`member ${data.index}: ${data.message}`));
      case "state": {
        const key = `${host}-${data.id}`;
        this.#asked.get(key)?.(data);
        this.#asked.delete(key);
      }
    }
  }
}
