import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { AGAIN_MS, ASK_MS, ChainAsks, MAX_ASKED, MAX_ASKS } from "./chain_asks.ts";
import { payloadKind } from "./payload.ts";
import type { Room } from "./room.ts";
import type { Member } from "./room_state.ts";
import { Timers } from "./timers.ts";

const BOB = "bb".repeat(16);
const CHAIN = new Uint8Array(16).fill(7);

/** A room in which Bob is behind peer 1. */
class Stage {
  readonly clock = new FakeClock();
  readonly told: string[] = [];
  known: { author: string }[] = [];
  confirmed = true;
  /** Connections of those that are known to have been put out. */
  readonly out = new Set<number>();
  readonly asks = new ChainAsks({
    me: "aa".repeat(16),
    timers: new Timers(this.clock),
    presence: {
      memberOf: (peerId: number) => peerId === 1 ? BOB : undefined,
      payloadOf: () => Uint8Array.of(1, 8),
    },
    incoming: { chains: { all: () => this.known } },
    confirmation: { has: () => this.confirmed },
    returning: {
      tellOut: (peerId: number) => {
        if (this.out.has(peerId)) this.told.push(`why ${peerId}`);
        return this.out.has(peerId);
      },
    },
    state: { members: new Map([[BOB, { id: BOB, status: "in", expired: false, order: 1 } as Member]]) },
    sender: {
      chains: { again: (id: string) => this.told.push(`again ${id === BOB}`) },
      introduce: () => this.told.push("introduce"),
    },
    parts: {
      clock: this.clock,
      link: {
        sendTableDroppable: (_common: Uint8Array, [part]: { peerId: number; bytes: Uint8Array }[]) =>
          this.told.push(`ask ${part?.peerId} ${payloadKind(part?.bytes ?? CHAIN)}`),
      },
    },
  } as unknown as Room);

  after(ms: number): string[] {
    this.clock.advance(ms);
    return this.told.splice(0);
  }
}

Deno.test("ChainAsks.ask() asks a member for its chain after half a second, unless it has come", () => {
  const stage = new Stage();
  stage.asks.ask(1, CHAIN);
  stage.asks.ask(1, CHAIN);
  assert.deepEqual(stage.after(ASK_MS - 1), []);
  assert.deepEqual(stage.after(1), ["ask 1 9"]);
  stage.known = [{ author: BOB }];
  assert.deepEqual(stage.after(AGAIN_MS + ASK_MS), []);
  stage.known = [];
  stage.asks.ask(2, CHAIN);
  assert.deepEqual(stage.after(ASK_MS), ["ask 2 9"], "also somebody of whom it is not known who that is");
});

Deno.test("ChainAsks.ask() asks again while the chain does not come, a few times", () => {
  const stage = new Stage();
  stage.asks.ask(1, CHAIN);
  assert.equal(stage.after(10 * (AGAIN_MS + ASK_MS)).length, MAX_ASKS);
  stage.asks.ask(1, CHAIN);
  assert.equal(stage.after(ASK_MS).length, 1, "when more comes of it");
});

Deno.test("ChainAsks.asked() gives a chain again once in 5 s, to those alone that may read", () => {
  const stage = new Stage();
  const ask = (from: number): string[] => {
    stage.asks.asked(from);
    return stage.told.splice(0);
  };
  assert.deepEqual(ask(1), ["again true", "introduce"]);
  stage.clock.advance(AGAIN_MS - 1);
  assert.deepEqual(ask(1), []);
  stage.clock.advance(1);
  assert.deepEqual(ask(1), ["again true", "introduce"]);
  stage.asks.forget(1);
  assert.deepEqual(ask(1), ["again true", "introduce"], "a connection of its own");
  assert.deepEqual(ask(2), ["ask 2 8"], "whoever is not known is told where we are");
  stage.out.add(3);
  assert.deepEqual(ask(3), ["why 3"], "whoever was put out is told that instead");
  stage.confirmed = false;
  stage.clock.advance(AGAIN_MS);
  assert.deepEqual(ask(1), ["ask 1 8"], "so is who has not confirmed us, as it may not know");
  stage.out.add(1);
  stage.clock.advance(AGAIN_MS);
  assert.deepEqual(ask(1), ["why 1"], "also when it is known who it is");
});

Deno.test("ChainAsks.ask() asks for MAX_ASKED chains at once at most", () => {
  const stage = new Stage();
  for (let i = 0; i < MAX_ASKED + 10; i++) {
    const chainId = new Uint8Array(16);
    new DataView(chainId.buffer).setUint32(0, i);
    stage.asks.ask(1, chainId);
  }
  assert.equal(stage.after(ASK_MS).length, MAX_ASKED);
});

Deno.test("ChainAsks remembers 4,096 connections that have asked, those that asked longest ago go", () => {
  const stage = new Stage();
  for (let peer = 1; peer <= MAX_ASKED; peer++) stage.asks.asked(peer);
  stage.told.length = 0;
  stage.asks.asked(1);
  stage.asks.asked(2);
  assert.deepEqual(stage.told, [], "they have asked just now");
  for (let peer = MAX_ASKED + 1; peer <= 2 * MAX_ASKED; peer++) stage.asks.asked(peer);
  stage.told.length = 0;
  stage.asks.asked(MAX_ASKED + 1);
  assert.deepEqual(stage.told, []);
  stage.asks.asked(1);
  assert.deepEqual(
    stage.told,
    ["again true", "introduce"],
    "it is not known any more that the first has asked",
  );
});
