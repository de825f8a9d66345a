/**
 * A storm of connections to a relay, from a process of its own: what it costs itself must not be taken for what it costs
 * those in the rooms. `begin` and `end` come in by lines; each `end` is answered by what was counted so far, as JSON.
 *
 * @module
 */
import {
  decodeRelayFrame,
  encodeClientFrame,
  packBatch,
  type RelayFrame,
  SUBPROTOCOL,
  unpackBatch,
  WS_PATH,
} from "../wire/mod.ts";

const HELLO = { type: "hello", version: 1, auth: new Uint8Array(0) } as const;

/** What a storm has counted. */
export interface StormCount {
  tried: number;
  /** Told when to come back. */
  refused: number;
  /** Not answered, or with something else. */
  lost: number;
}

/** Connections from one address, opened evenly, whoever is let in hanging up at once. */
class Storm {
  readonly count: StormCount = { tried: 0, refused: 0, lost: 0 };
  readonly #port: number;
  readonly #perSecond: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #open = new Set<Promise<void>>();

  constructor(port: number, perSecond: number) {
    this.#port = port;
    this.#perSecond = perSecond;
  }

  begin(): void {
    this.#timer = setInterval(() => {
      const one = this.#knock().finally(() => this.#open.delete(one));
      this.#open.add(one);
    }, 1_000 / this.#perSecond);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  /** Says hello and hangs up at the answer. */
  async #knock(): Promise<void> {
    this.count.tried++;
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}${WS_PATH}`, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    const answer = await new Promise<RelayFrame | undefined>((resolve) => {
      socket.onopen = () => socket.send(packBatch([encodeClientFrame(HELLO)]));
      socket.onmessage = ({ data }) => {
        const [first] = unpackBatch(new Uint8Array(data), { maxBytes: Infinity, maxFrames: Infinity });
        resolve(first && decodeRelayFrame(first));
      };
      socket.onclose = socket.onerror = () => resolve(undefined);
    });
    const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
    if (answer?.type === "error" && /try again in \d+ second/.test(answer.sentence)) this.count.refused++;
    else if (answer?.type !== "welcome") this.count.lost++;
    if (socket.readyState === WebSocket.CLOSED) return;
    socket.close();
    await closed;
  }
}

if (import.meta.main) {
  const [port = "", perSecond = ""] = Deno.args;
  const storm = new Storm(Number(port), Number(perSecond));
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const text of lines) {
    for (const line of text.split("\n").filter((part) => part !== "")) {
      if (line === "begin") storm.begin();
      else await storm.end();
      await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(storm.count)}\n`));
    }
  }
}
