/** Tries everything that a member holds on everything that the relay has recorded. @module */
import { concat } from "../../crypto/bytes.ts";
import { openDistribution, parseDistribution } from "../../crypto/distribution.ts";
import { openKem } from "../../crypto/kem.ts";
import { openFrame, readSealedHeader, type SealPlace } from "../../crypto/seal.ts";
import type { ReceivingChain } from "../../crypto/sender_chain.ts";
import { openSide, readSideChainId } from "../../crypto/side_seal.ts";
import { openPrivate } from "../../crypto/private_seal.ts";
import { bytesOf, type Id, idOf } from "../../client/ids.ts";
import { payloadId, PayloadKind, payloadKind } from "../../client/payload.ts";
import type { RelayFrame } from "../../wire/mod.ts";
import type { Person } from "./room_helpers.ts";

/** What came of it. */
export interface Tries {
  /** Keys tried on payloads. */
  tried: number;
  /** Kinds of the payloads that could be opened. */
  opened: number[];
}

/** All payloads in frames, each once. */
export function payloadsOf(frames: readonly RelayFrame[]): Uint8Array[] {
  return frames.flatMap((frame) => frame.type === "deliver" ? [frame.payload] : []);
}

/** The receiving chains that `thief` has now, of those whose ids appear in `payloads`. */
export function chainsOf(thief: Person, payloads: readonly Uint8Array[]): Map<ReceivingChain, Id> {
  const chains = new Map<ReceivingChain, Id>();
  for (const payload of payloads) {
    const kind = payloadKind(payload);
    if (kind !== PayloadKind.sealed && kind !== PayloadKind.side) continue;
    const id = kind === PayloadKind.sealed ? readSealedHeader(payload).chainId : readSideChainId(payload);
    const known = thief.room.incoming.chains.get(id);
    if (known !== undefined) chains.set(known.chain, known.author);
  }
  return chains;
}

/** Tries all of `thief`'s chains and KEM keys on `payloads`; none of them is used up. */
export async function tryEveryKey(
  thief: Person,
  payloads: readonly Uint8Array[],
  chains: ReadonlyMap<ReceivingChain, Id>,
): Promise<Tries> {
  const tries: Tries = { tried: 0, opened: [] };
  const attempt = async (payload: Uint8Array, work: () => Promise<unknown>): Promise<void> => {
    tries.tried++;
    if (await work().then(() => true, () => false)) tries.opened.push(payloadKind(payload) ?? 0);
  };
  const room = thief.room.parts.roomId;
  for (const payload of payloads) {
    const kind = payloadKind(payload);
    for (const [chain, author] of chains) {
      const place = { room, member: bytesOf(author) };
      const own = [payload, renamed(payload, chain.chainId)];
      if (kind === PayloadKind.sealed) {
        for (const bytes of own) {
          await attempt(payload, () => isOpened(chain, place, bytes));
        }
      }
      if (kind === PayloadKind.side) {
        for (const bytes of own) {
          await attempt(payload, () => openSide(chain.sideKey, chain.chainId, place, bytes));
        }
      }
    }
    if (kind === PayloadKind.distribution) await tryDistribution(thief, payload, attempt);
    if (kind === PayloadKind.statements) {
      for (const { keys, bundle } of thief.room.parts.keys.all) {
        const sender = payloadId(payload);
        const context = { room, sender, me: bytesOf(thief.id), purpose: "statements" };
        await attempt(payload, () => openPrivate(keys, bundle.hash, context, concat(payload.slice(18))));
      }
    }
  }
  return tries;
}

/** Resolves if the frame opens, which leaves the chain as it is. */
async function isOpened(chain: ReceivingChain, place: SealPlace, payload: Uint8Array): Promise<void> {
  const opened = new Error("Opened");
  const accept = (): void => {
    throw opened;
  };
  await openFrame(chain, place, payload, { accept }).catch((error) => {
    if (error !== opened) throw error;
  });
}

async function tryDistribution(
  thief: Person,
  payload: Uint8Array,
  attempt: (payload: Uint8Array, work: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const { roomId: room, verifiers, keys } = thief.room.parts;
  const parsed = parseDistribution(payload);
  const me = bytesOf(thief.id);
  for (const { keys: own, bundle } of keys.all) {
    await attempt(payload, async () => {
      const verifier = await verifiers.get(idOf(parsed.author));
      if (verifier === undefined) throw new Error("unknown author");
      await openDistribution(parsed, { room, me, keys: own, bundleHash: bundle.hash, verifier });
    });
    const { author: sender, ephemeral, blob } = parsed;
    const context = { room, sender, recipient: me, bundleHash: bundle.hash, purpose: "distribution" };
    await attempt(payload, () => openKem(own, ephemeral, blob, context));
  }
}

/** The payload under another chain's id. */
function renamed(payload: Uint8Array, chainId: Uint8Array): Uint8Array {
  const copy = payload.slice();
  copy.set(chainId, 2);
  return copy;
}
