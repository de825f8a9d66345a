/** Two members let the same one in. */
import assert from "node:assert/strict";
import type { Clock } from "../../client/mod.ts";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { Scenario } from "./scenario.ts";
import { tapped } from "./tap.ts";

/** Time that passes ten times as fast until it is told to go on as everybody's. */
class HastyClock implements Clock {
  #speed = 10;
  #from = Date.now();
  #base = this.#from;

  now(): number {
    return this.#base + (Date.now() - this.#from) * this.#speed;
  }

  setTimer(run: () => void, ms: number): unknown {
    return setTimeout(run, ms / this.#speed);
  }

  clearTimer(timer: unknown): void {
    clearTimeout(timer as number);
  }

  calm(): void {
    this.#base = this.now();
    this.#from = Date.now();
    this.#speed = 1;
  }
}

Deno.test("two members both sponsor one newcomer: it is one member, with the same words for all", async () => {
  await Scenario.run({ members: 2 }, async (s) => {
    const clock = new HastyClock();
    let peers: readonly number[] = [];
    const proven: number[] = [];
    const mute = (peerId: number, ms: number): void => {
      for (const connection of s.members[peers.indexOf(peerId)]?.proxy.live ?? []) {
        connection.stall(ms, ["up"]);
      }
    };
    const connect = tapped({
      got: (frame) => {
        if (frame.type === "joined") peers = frame.peers;
      },
      sent: (frame) => {
        if (frame.type !== "send_table") return;
        for (const { peerId, bytes } of frame.parts) {
          if (payloadKind(bytes) !== PayloadKind.prove) continue;
          // The first to let it in is not heard until the second has done so, too.
          if (proven.length === 0) mute(peerId, 120_000);
          proven.push(peerId);
        }
      },
    });
    const late = await s.join("late", s.member("m0"), { clock, connect });
    clock.calm();
    assert.equal(new Set(proven).size, 2);
    mute(proven[0] ?? 0, 0);
    await s.talkAll({ texts: 30, paceMs: 10 });
    assert.ok(late.there);
  });
});
