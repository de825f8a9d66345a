/** A room of which one member alone speaks, for tests of the sender. @module */
import { concat, toHex } from "../crypto/bytes.ts";
import { openDistribution, parseDistribution } from "../crypto/distribution.ts";
import { Verifier } from "../crypto/identity.ts";
import { decodePack, type Pack } from "../crypto/pack.ts";
import { openFrame, readSealedHeader } from "../crypto/seal.ts";
import { ReceivingChain } from "../crypto/sender_chain.ts";
import { bytesOf, type Id } from "../client/ids.ts";
import type { RelayLink } from "../client/link.ts";
import { type Recipient, Sender } from "../client/sender.ts";
import { Author } from "./client_helpers.ts";
import { FakeClock, turns } from "./helpers.ts";

const ROOM = new Uint8Array(16).fill(9);
/** How long its chains last. */
export const ROTATE_MS = 600_000;
export const [ADA, BOB, CAROL] = await Promise.all([
  Author.create("ada"),
  Author.create("bob"),
  Author.create("carol"),
]);

/** A room of which Ada is the voice; what she sends is opened as its recipients would. */
export class Stage {
  readonly clock = new FakeClock();
  readonly audience = new Set<Id>([BOB.id, CAROL.id]);
  readonly online = new Map<Id, Author>([[BOB.id, BOB], [CAROL.id, CAROL]]);
  readonly packs: Pack[] = [];
  readonly handed: [number, number][] = [];
  readonly sent: { kind: "table" | "room"; bytes: Uint8Array; to: Id[] }[] = [];
  /** Done as each pack takes effect. */
  onSaid: (pack: Pack) => void = () => {};
  /** Waited for before each slot. */
  gate: Promise<void> = Promise.resolve();
  /** Thrown by the link at the next table. */
  failure: Error | null = null;

  readonly link = {
    spare: 1,
    online: () => Promise.resolve(),
    slot: () => this.gate,
    send: (bytes: Uint8Array) => this.sent.push({ kind: "room", bytes, to: [] }),
    sendTable: (common: Uint8Array, parts: { peerId: number; bytes: Uint8Array }[]) => {
      const { failure } = this;
      this.failure = null;
      if (failure !== null) throw failure;
      const to = parts.map(({ peerId }) => [BOB, CAROL][peerId - 1]?.id ?? "");
      for (const { bytes } of parts) this.sent.push({ kind: "table", bytes: concat(common, bytes), to });
    },
  } as unknown as RelayLink;

  readonly sender = new Sender({
    identity: ADA.identity,
    roomId: ROOM,
    link: this.link,
    clock: this.clock,
    rotateMs: ROTATE_MS,
    audience: () => new Set(this.audience),
    recipient: (id) => this.recipient(id),
    vector: () => new Map(),
    lamport: () => 0,
    said: (pack) => {
      this.packs.push(pack);
      this.onSaid(pack);
    },
    handed: ({ first, last }) => this.handed.push([first, last]),
    acquainted: () => true,
  }, { number: 0, hash: "", lamport: 0 });

  recipient(id: Id): Recipient | undefined {
    const who = this.online.get(id);
    if (who === undefined) return undefined;
    return { id, peerId: who === BOB ? 1 : 2, bundle: who.bundle, addHash: "ab".repeat(32) };
  }

  text(text: string): Promise<number> {
    return this.sender.say({ kind: "text", text });
  }

  /** Lets what is being sealed come out. */
  async flush<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const done = work.finally(() => over = true);
    done.catch(() => {});
    while (!over) {
      this.clock.advance(0);
      await turns(1);
    }
    return await done;
  }

  /** Packs that `who` can read, of all frames to the room. */
  async readBy(who: Author): Promise<Pack[]> {
    const chains = new Map<string, ReceivingChain>();
    const verifier = await Verifier.import(ADA.bundle.identityKey);
    const read: Pack[] = [];
    for (const { kind, bytes, to } of this.sent) {
      if (kind !== "table" || !to.includes(who.id)) continue;
      const parsed = parseDistribution(bytes);
      const { keys, bundle } = who.keys.current;
      const own = { me: bytesOf(who.id), keys, bundleHash: bundle.hash };
      const start = await openDistribution(parsed, { room: ROOM, verifier, ...own }).catch(() => null);
      if (start === null || chains.has(toHex(start.chainId))) continue;
      chains.set(toHex(start.chainId), new ReceivingChain(start));
    }
    for (const { kind, bytes } of this.sent) {
      const chain = kind === "room" ? chains.get(toHex(readSealedHeader(bytes).chainId)) : undefined;
      if (chain === undefined) continue;
      const opened = await openFrame(chain, { room: ROOM, member: bytesOf(ADA.id) }, bytes).catch(() => null);
      if (opened !== null) read.push(decodePack(opened));
    }
    return read;
  }

  /** Chain and counter of each frame to the room. */
  get positions(): { chain: string; counter: number }[] {
    return this.sent.filter(({ kind }) => kind === "room").map(({ bytes }) => {
      const { chainId, counter } = readSealedHeader(bytes);
      return { chain: toHex(chainId), counter };
    });
  }
}

/** Runs `play` on a stage of its own. */
export async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    await play(stage);
  } finally {
    stage.sender.dispose();
    await turns(2);
  }
}
