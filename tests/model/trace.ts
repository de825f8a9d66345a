/** What travelled, for people who look for the cause of a failure. @module */
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import {
  type ClientFrame,
  decodeClientFrame,
  decodeRelayFrame,
  type RelayFrame,
  unpackBatch,
} from "../../wire/mod.ts";
import type { Person } from "./people.ts";
import type { World } from "./world.ts";

/** Most lines kept. */
const KEEP = 4_000;

/** Notes all that a world's people send and get; the lines are kept up to a number. */
export function trace(world: World, lines: string[]): void {
  for (const person of world.people) watch(world, person, lines);
}

function watch({ time }: World, { name, host }: Person, lines: string[]): void {
  host.watch = (way, bytes) => {
    const bounds = { maxBytes: 2 ** 27, maxFrames: 65_536 };
    const frames = unpackBatch(bytes, bounds).map((frame) =>
      way === "up" ? decodeClientFrame(frame) : decodeRelayFrame(frame)
    );
    const at = ((time.now % 1e8) / 1_000).toFixed(3);
    lines.push(`${at} ${name} ${way === "up" ? "->" : "<-"} ${frames.map(tell).join(", ")}`);
    if (lines.length > KEEP) lines.shift();
  };
}

function tell(frame: ClientFrame | RelayFrame): string {
  switch (frame.type) {
    case "send":
      return `send ${frame.sendId} ${kind(frame.payload)}`;
    case "send_table":
      return `table ${frame.sendId} ${
        kind(frame.common.length > 1 ? frame.common : frame.parts[0]?.bytes)
      } to ${frame.parts.map(({ peerId }) => peerId).join("+")}`;
    case "deliver":
      return `deliver ${frame.seq} from ${frame.from} ${kind(frame.payload)}`;
    case "ack":
      return `ack ${frame.sendId}`;
    case "resume":
      return `resume ${frame.lastSeq}`;
    case "joined":
      return `joined as ${frame.peerId} seq ${frame.seq} ${frame.member ? "member" : "knocker"} ${
        frame.complete ? "" : "in"
      }complete with ${frame.peers.join("+")}`;
    case "peer_in":
    case "peer_out":
    case "admit":
      return `${frame.type} ${frame.peerId}`;
    case "error":
    case "bye":
      return `${frame.type} ${frame.sentence}`;
    default:
      return frame.type;
  }
}

const KINDS = new Map<number, string>(Object.entries(PayloadKind).map(([name, number]) => [number, name]));

/** The kind of a payload, and the end of it, by which it can be told from others. */
function kind(payload: Uint8Array | undefined): string {
  const name = KINDS.get(payloadKind(payload ?? new Uint8Array(0)) ?? 0) ?? "unknown";
  return `${name} ${(payload ?? new Uint8Array(0)).slice(-2).toHex()}`;
}
