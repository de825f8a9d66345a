/** Many members in a few processes, as one thing to ask and tell. @module */
import type { Host } from "./hosts.ts";
import type { Answer, MemberState, Order } from "./member_host.ts";
import { pause, within } from "./report.ts";

/** How many members come in at the same time. */
export const AT_ONCE = 6;
const ENTER_MS = 120_000;

/** Everybody's state at one moment. */
export interface CrowdState {
  members: MemberState[];
  problems: Record<string, number>;
  /** CPU time that the processes of those asked have used. */
  cpuMs: number;
}

/** How a member comes in. */
export interface EnterOptions {
  /** Which of the hosts holds it. @default by turns */
  host?: number;
  /** Asks the founder to let it in, and not whom chance names. @default false */
  askFirst?: boolean;
}

/** Members of one room. */
export class Crowd {
  readonly #relay: string;
  readonly #hosts: readonly Host[];
  readonly #places = new Map<number, Host>();
  readonly #entering = new Map<number, PromiseWithResolvers<{ ms: number; tries: number }>>();
  readonly #asked = new Map<string, (state: HostState) => void>();
  #invite = "";
  #used = "";
  #onInvite: () => void = () => {};
  #askId = 0;

  /** A crowd on these hosts, with nobody in it yet. */
  constructor(relay: string, hosts: readonly Host[]) {
    this.#relay = relay;
    this.#hosts = hosts;
    hosts.forEach((host, i) => host.onAnswer = (answer) => this.#hear(i, answer));
  }

  /** Founds the room if `index` is 0, else joins it; gives how long that took. */
  async enter(
    index: number,
    { host = index % this.#hosts.length, askFirst = false }: EnterOptions = {},
  ): Promise<{ ms: number; tries: number }> {
    const entering = Promise.withResolvers<{ ms: number; tries: number }>();
    this.#entering.set(index, entering);
    const place = this.#hosts[host];
    if (place === undefined) throw new RangeError("there is no such host");
    this.#places.set(index, place);
    const code = index === 0 ? null : this.#used = this.#invite;
    this.tell(index, { order: "enter", index, relay: this.#relay, code, askFirst });
    return await within(ENTER_MS, `member ${index} coming in`, entering.promise);
  }

  /**
   * Lets members `from` to `to` (exclusive) in, some at a time; gives all durations and how many had to try again.
   *
   * @param isIn Told the durations so far whenever one is in.
   */
  async enterAll(
    from: number,
    to: number,
    hosts: readonly number[] = this.#hosts.keys().toArray(),
    isIn: (times: readonly number[]) => void = () => {},
  ): Promise<{ times: number[]; retries: number }> {
    const times: number[] = [];
    let retries = 0;
    let next = from;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (next < to) {
        const index = next++;
        const { ms, tries } = await this.enter(index, { host: hosts[index % hosts.length] ?? 0 });
        times.push(ms);
        isIn(times);
        retries += tries - 1;
      }
    }));
    return { times, retries };
  }

  /** Waits until the founder has told another invite than the one last used, as it does some time after a removal. */
  async newInvite(): Promise<void> {
    while (this.#invite === this.#used) {
      await within(ENTER_MS, "a new invite", new Promise<void>((resolve) => this.#onInvite = resolve));
    }
  }

  /** Tells the host of a member something. */
  tell(index: number, order: Order): void {
    this.#places.get(index)?.post(order);
  }

  /** Asks everybody, or those on some hosts. */
  async state(hosts: readonly number[] = this.#hosts.keys().toArray()): Promise<CrowdState> {
    const states = await Promise.all(hosts.map((i) => this.hostState(i)));
    const problems: Record<string, number> = {};
    for (const state of states) {
      for (const [name, count] of Object.entries(state.problems)) {
        problems[name] = (problems[name] ?? 0) + count;
      }
    }
    const cpuMs = states.reduce((sum, state) => sum + state.cpuMs, 0);
    return { members: states.flatMap(({ members }) => members), problems, cpuMs };
  }

  /** Asks one host: who is there, and what CPU time its process has used. */
  async hostState(host: number): Promise<HostState> {
    const id = ++this.#askId;
    return await new Promise<HostState>((resolve) => {
      this.#asked.set(`${host}-${id}`, resolve);
      this.#hosts[host]?.post({ order: "state", id });
    });
  }

  /** Asks until `test` holds; rejects with how far it came after `ms`. */
  async until(
    what: string,
    ms: number,
    test: (state: CrowdState) => boolean,
    hosts?: readonly number[],
  ): Promise<CrowdState> {
    const deadline = performance.now() + ms;
    for (;;) {
      const state = await within(ms, what, this.state(hosts));
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
    await Promise.all(this.#hosts.map((host) => host.end()));
  }

  #hear(host: number, answer: Answer): void {
    switch (answer.answer) {
      case "invite":
        this.#invite = answer.invite;
        return this.#onInvite();
      case "entered":
        return this.#entering.get(answer.index)?.resolve(answer);
      case "refused":
        return this.#entering.get(answer.index)?.reject(
          new Error(`member ${answer.index}: ${answer.message}`),
        );
      case "state": {
        const key = `${host}-${answer.id}`;
        this.#asked.get(key)?.(answer);
        this.#asked.delete(key);
      }
    }
  }
}

/** What one host says. */
export type HostState = Extract<Answer, { answer: "state" }>;
