/**
 * A network in memory, between sessions and a relay, in the model's time. Bytes take time, arrive in order on
 * each connection and in any order between connections; connections are cut, go dead without a word, stall.
 *
 * @module
 */
import { ClientError, type Connect, type Socket } from "../../client/mod.ts";
import { Relay, type RelaySocket } from "../../relay/mod.ts";
import type { Limits } from "../../wire/mod.ts";
import type { Random } from "./random.ts";
import { type Happening, Machine, type ModelTime } from "./time.ts";

/** One way of a connection. */
class Pipe {
  readonly #time: ModelTime;
  readonly #delay: () => number;
  readonly #under = new Set<Happening>();
  #last = 0;
  #dead = false;

  constructor(time: ModelTime, delay: () => number) {
    this.#time = time;
    this.#delay = delay;
  }

  /** Things that have been sent and are not there yet. */
  get length(): number {
    return this.#under.size;
  }

  /** Arrives after what was sent before it, unless the pipe is dead by then. */
  send(arrive: () => void): void {
    if (this.#dead) return;
    this.#last = Math.max(this.#last, this.#time.now + this.#delay());
    const happening = this.#time.in(this.#last - this.#time.now, () => {
      this.#under.delete(happening);
      arrive();
    });
    this.#under.add(happening);
  }

  /** Nothing more arrives, but for the first `keep` of what is on its way. */
  kill(keep = 0): void {
    this.#dead = true;
    for (const happening of [...this.#under].slice(keep)) {
      this.#time.cancel(happening);
      this.#under.delete(happening);
    }
  }

  /** What is sent from now on arrives `ms` later at the earliest. */
  stall(ms: number): void {
    this.#last = Math.max(this.#last, this.#time.now + ms);
  }
}

/** How a connection is cut: after how long each end hears of it, if ever, and how much on its way still arrives. */
export interface Cut {
  /** Milliseconds until the session's end hears of it; `null` for never. */
  client: number | null;
  /** Milliseconds until the relay's end hears of it; `null` for never. */
  relay: number | null;
  /** How many messages to the relay still arrive. */
  keepUp?: number;
  /** How many messages to the session still arrive. */
  keepDown?: number;
}

/** A connection of one session. */
export class Line {
  readonly up: Pipe;
  readonly down: Pipe;
  readonly client: Socket;
  readonly relay: RelaySocket;
  /** Looks at, changes or drops what the relay sends to the session. */
  filter: (bytes: Uint8Array) => Uint8Array | null = (bytes) => bytes;
  readonly #time: ModelTime;
  readonly #host: Host;
  #clientOpen = true;
  #relayOpen = true;

  constructor(time: ModelTime, host: Host, delay: () => number) {
    this.#time = time;
    this.#host = host;
    this.up = new Pipe(time, delay);
    this.down = new Pipe(time, delay);
    this.client = {
      bufferedAmount: 0,
      send: (bytes) => {
        if (!this.#clientOpen) return;
        const copy = bytes.slice();
        host.watch("up", copy);
        host.machine.whenAwake(() => this.up.send(() => this.#relayOpen && this.relay.onMessage?.(copy)));
      },
      close: () => this.#closeClient(),
      onMessage: () => {},
      onClose: () => {},
    };
    this.relay = {
      retains: false,
      bufferedAmount: 0,
      send: (bytes) => {
        if (!this.#relayOpen) return;
        const copy = this.filter(bytes.slice());
        if (copy === null) return;
        this.#toClient(() => {
          host.watch("down", copy);
          this.client.onMessage(copy);
        });
      },
      close: (code, reason) => {
        this.#toClient(() => this.#endClient({ code, reason }));
        // The other end may never answer.
        time.in(3_000, () => this.#endRelay());
      },
      onMessage: undefined,
      onClose: undefined,
    };
  }

  /** Whether the session's end still takes it for open. */
  get open(): boolean {
    return this.#clientOpen;
  }

  /** Breaks. */
  cut({ client, relay, keepUp = 0, keepDown = 0 }: Cut): void {
    this.up.kill(keepUp);
    this.down.kill(keepDown);
    if (client !== null) {
      this.#time.in(
        client,
        () => this.#host.machine.whenAwake(() => this.#endClient({ code: 1006, reason: "" })),
      );
    }
    if (relay !== null) this.#time.in(relay, () => this.#endRelay());
  }

  #toClient(run: () => void): void {
    this.down.send(() => this.#host.machine.whenAwake(() => this.#clientOpen && run()));
  }

  /** The session closes: what it sent still arrives; the platform tells it a little later that it is closed. */
  #closeClient(): void {
    if (!this.#clientOpen) return;
    this.#clientOpen = false;
    this.down.kill();
    this.#host.lines.delete(this);
    this.up.send(() => this.#endRelay());
    this.#time.in(
      5,
      () => this.#host.machine.whenAwake(() => this.client.onClose({ code: 1000, reason: "" })),
    );
  }

  #endClient(info: { code: number; reason: string }): void {
    if (!this.#clientOpen) return;
    this.#clientOpen = false;
    this.#host.lines.delete(this);
    this.client.onClose(info);
    this.up.send(() => this.#endRelay());
  }

  #endRelay(): void {
    if (!this.#relayOpen) return;
    this.#relayOpen = false;
    this.relay.onClose?.();
  }
}

/** A computer with a session on it. */
export class Host {
  readonly machine: Machine;
  /** Open connections, as the session sees it. */
  readonly lines: Set<Line> = new Set();
  /** What becomes of attempts to connect: `silent` ones are never answered. */
  reach: "open" | "refused" | "silent" = "open";
  /** For each new connection: {@linkcode Line.filter}. */
  filter: Line["filter"] = (bytes) => bytes;
  /** Sees what the session sends, and what reaches it. */
  watch: (way: "up" | "down", bytes: Uint8Array) => void = () => {};
  /** Attempts to connect so far. */
  attempts = 0;

  /** With a clock of its own. */
  constructor(time: ModelTime) {
    this.machine = new Machine(time);
  }
}

/** The network with one relay on it, which may be replaced by a fresh one. */
export class Net {
  readonly time: ModelTime;
  readonly random: Random;
  readonly url = "ws://relay.test:4443/ws";
  readonly hosts: Host[] = [];
  /** How long a message takes, in milliseconds; drawn for each. */
  delay: () => number = () => 0;
  readonly #limits: Partial<Limits>;
  #relay: { relay: Relay; machine: Machine; lines: Set<Line> } | null = null;

  /** The relay is up. */
  constructor(time: ModelTime, random: Random, limits: Partial<Limits> = {}) {
    this.time = time;
    this.random = random;
    this.#limits = limits;
    this.startRelay();
  }

  /** A computer on the network. */
  host(): Host {
    const host = new Host(this.time);
    this.hosts.push(host);
    return host;
  }

  /** The relay that runs, if any. */
  get relay(): Relay | null {
    return this.#relay?.relay ?? null;
  }

  /** A relay that knows nothing of what was before. */
  startRelay(): void {
    if (this.#relay !== null) return;
    const machine = new Machine(this.time);
    const relay = new Relay({ clock: machine.clock, limits: this.#limits });
    this.#relay = { relay, machine, lines: new Set() };
  }

  /** As `kill -9`: all it knew is gone, all connections break. Sessions hear of it after `told`, or not. */
  killRelay(told: () => number | null): void {
    if (this.#relay === null) return;
    const { machine, lines } = this.#relay;
    machine.switchOff();
    this.#relay = null;
    for (const line of lines) line.cut({ client: told(), relay: null });
  }

  /** The relay says goodbye to everybody and ends. */
  closeRelay(): void {
    if (this.#relay === null) return;
    const { relay } = this.#relay;
    this.#relay = null;
    void relay.close();
  }

  /** The `connect` of a session on `host`. */
  connector(host: Host): Connect {
    return (url, { signal }) =>
      new Promise<Socket>((resolve, reject) => {
        host.attempts++;
        if (signal.aborted) return reject(signal.reason);
        const stop = (): void => reject(signal.reason);
        signal.addEventListener("abort", stop, { once: true });
        const refuse = (): void => {
          signal.removeEventListener("abort", stop);
          reject(new ClientError("unreachable", `Cannot reach the relay at ${url}`, { status: 3 }));
        };
        this.time.in(this.delay(), () => {
          if (host.reach === "silent" || signal.aborted) return;
          if (host.reach === "refused" || this.#relay === null) return host.machine.whenAwake(refuse);
          const { relay, lines } = this.#relay;
          const line = new Line(this.time, host, () => this.delay());
          line.filter = (bytes) => host.filter(bytes);
          lines.add(line);
          relay.accept(line.relay, { ip: "192.0.2.1" });
          const gone = line.relay.onClose;
          line.relay.onClose = () => {
            lines.delete(line);
            gone?.();
          };
          host.machine.whenAwake(() => {
            signal.removeEventListener("abort", stop);
            if (signal.aborted) return line.cut({ client: null, relay: 0 });
            host.lines.add(line);
            resolve(line.client);
          });
        });
      });
  }
}
