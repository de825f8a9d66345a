/** One row that says where one is, how the connection stands, and how far one may trust it. @module */
import { durationText } from "../duration.ts";
import type { LinkView } from "../room/link_view.ts";
import type { RoomModel } from "../room/room_model.ts";
import type { Trust } from "../room/trust.ts";
import { sanitize, sanitizeName } from "../sanitize.ts";
import type { ColourRole, Row, Span } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import { wrapSpans } from "../screen/wrap.ts";
import { counted } from "../wording.ts";
import type { Signs } from "./signs.ts";
import { fit, fitText, row, span, spansWidth } from "./spans.ts";

/** What the line shows of a room. */
export type StatusModel = Pick<
  RoomModel,
  | "room"
  | "connection"
  | "trust"
  | "topic"
  | "locked"
  | "members"
  | "unread"
  | "mentions"
  | "expireMs"
  | "unsent"
>;

/** What the line shows beside the room itself. */
export interface StatusOptions {
  columns: number;
  signs: Signs;
  /** What the room is called. */
  label: string;
  /** Why nothing rings here: `muted`, `do not disturb`. @default "" */
  quiet?: string;
}

/** A part of the line, in a long form and a short one. */
interface Part {
  long: Span[];
  short: Span[];
  /** What has to go first has the highest. */
  rank: number;
}

/** Draws the status line. */
export function statusLine(model: StatusModel, { columns, signs, label, quiet = "" }: StatusOptions): Row {
  const link = model.room === null && model.connection.state === "online"
    ? { sign: signs.reconnecting, long: "entering", short: "entering", role: "warn" as const }
    : linkText(model.connection, model.unsent, signs);
  const trust = trustText(model.trust);
  const both = (text: string, role: ColourRole | undefined, rank: number): Part => {
    const spans = [span(text, role)];
    return { long: spans, short: spans, rank };
  };
  const parts: Part[] = [
    {
      long: [span(`${link.sign} ${link.long}`, link.role)],
      short: [span(`${link.sign} ${link.short}`, link.role)],
      rank: 0,
    },
    ...(model.room === null ? [] : [{
      long: [span(trust.long, trust.role, { bold: trust.loud })],
      short: [span(trust.short, trust.role, { bold: trust.loud })],
      rank: 0,
    }]),
    both(fitText(sanitizeName(label), 24, signs.ellipsis), "text", 2),
  ];
  if (model.locked) parts.push(both(signs.locked, "warn", 4));
  if (quiet !== "") parts.push(both(quiet, "dim", 4));
  if (model.unread > 0) {
    const named = model.mentions > 0 ? ` (${model.mentions} for you)` : "";
    parts.push(both(`${model.unread.toLocaleString("en")} unread${named}`, "unread", 1));
  }
  if (model.room !== null && model.members.length > 0) {
    parts.push(both(`${model.members.length} here`, "dim", 3));
  }
  if (model.expireMs !== null) parts.push(both(`disappear after ${durationText(model.expireMs)}`, "warn", 3));
  if (model.topic !== "") parts.push(both(sanitize(model.topic), "dim", 5));
  return row(columns, joined(parts, columns, signs));
}

/** Takes the parts that have room: the long forms first, then the short ones, then without those of little weight. */
function joined(parts: readonly Part[], columns: number, signs: Signs): Span[] {
  const gap = span(` ${signs.between} `, "border");
  const line = (chosen: readonly Part[], form: "long" | "short"): Span[] =>
    chosen.flatMap((part, index) => index === 0 ? part[form] : [gap, ...part[form]]);
  let chosen = [...parts];
  for (const form of ["long", "short"] as const) {
    chosen = [...parts];
    for (let rank = 5; rank >= 1; rank--) {
      const spans = line(chosen, form);
      if (spansWidth(spans) <= columns) return spans;
      const rest = chosen.filter((part) => part.rank !== rank);
      // What is only shortened need not go: the topic is the last part.
      if (rank === 5 && columns - spansWidth(line(rest, form)) > MIN_TOPIC) {
        return fit(spans, columns, signs.ellipsis);
      }
      chosen = rest;
    }
    if (spansWidth(line(chosen, form)) <= columns) return line(chosen, form);
  }
  // An alarm, or a connection that is lost, is said before anything else.
  const last = [...chosen].sort((a, b) => weight(b) - weight(a));
  return fit(line(last, "short"), columns, signs.ellipsis);
}

const MIN_TOPIC = 12;

function weight({ short }: Part): number {
  const role = short[0]?.style?.fg;
  return role === "bad" ? 2 : role === "warn" ? 1 : 0;
}

/** How the connection stands, in words. */
export function linkText(
  connection: Pick<LinkView, "state" | "retryMs" | "unsent" | "ending">,
  unsent: number,
  signs: Signs,
): { sign: string; long: string; short: string; role: ColourRole } {
  const waits = Math.max(unsent, connection.unsent);
  const also = waits === 0 ? "" : `; ${waits === 1 ? "1 message waits" : `${waits} messages wait`}`;
  const { retryMs } = connection;
  const next = retryMs <= 0 ? "trying now" : `next try in ${durationText(retryMs)}`;
  switch (connection.state) {
    case "connecting":
      return { sign: signs.reconnecting, long: "connecting", short: "connecting", role: "warn" };
    case "online":
      return { sign: signs.online, long: "online", short: "online", role: "good" };
    case "reconnecting":
      return {
        sign: signs.reconnecting,
        long: `reconnecting (${next}${also})`,
        short: "reconnecting",
        role: "warn",
      };
    case "down":
      return { sign: signs.down, long: `relay down (${next}${also})`, short: "relay down", role: "bad" };
    case "over": {
      const left = connection.ending === null || connection.ending.status === 0;
      return {
        sign: signs.down,
        long: left ? "left" : "ended",
        short: left ? "left" : "ended",
        role: left ? "dim" : "bad",
      };
    }
  }
}

/** How far one may trust the room, in plain words. */
export function trustText(trust: Trust): { long: string; short: string; role: ColourRole; loud: boolean } {
  const { level, unverified, newcomers, alarms } = trust;
  switch (level) {
    case "alarm": {
      const name = sanitizeName(alarms[0]?.member.nick ?? "");
      const more = alarms.length > 1 ? ` and ${alarms.length - 1} more` : "";
      return { long: `!! ALARM about ${name}${more}: /verify`, short: "!! ALARM", role: "bad", loud: true };
    }
    case "changed": {
      const name = sanitizeName(newcomers[0]?.nick ?? "");
      const who = newcomers.length === 1 ? `${name} is new` : `${newcomers.length} are new`;
      return { long: `encrypted, ${who}: not verified`, short: "! not verified", role: "warn", loud: true };
    }
    case "unverified":
      return {
        long: unverified.length === 1
          ? `encrypted, ${sanitizeName(unverified[0]?.nick ?? "")} not verified`
          : `encrypted, ${unverified.length} not verified`,
        short: "not verified",
        role: "warn",
        loud: false,
      };
    case "verified":
      return { long: "encrypted, all verified", short: "verified", role: "good", loud: false };
    case "alone":
      return { long: "encrypted", short: "encrypted", role: "dim", loud: false };
  }
}

/** Who is typing, as a sentence; empty when nobody is. */
export function typingText(names: readonly string[], columns: number, signs: Signs): string {
  const shown = names.slice(0, 3).map((name) => fitText(sanitizeName(name), 20, signs.ellipsis));
  const rest = names.length - shown.length;
  if (shown.length === 0) return "";
  const all = rest > 0 ? [...shown, counted(rest, "other", "others")] : shown;
  const who = all.length === 1 ? `${all[0]} is` : `${all.slice(0, -1).join(", ")} and ${all.at(-1)} are`;
  return fitText(`${who} typing${signs.ellipsis}`, columns, signs.ellipsis);
}

/** A banner of the alarms that nobody has acknowledged: what cannot be overlooked. Empty without alarms. */
export function alarmRows(trust: Pick<Trust, "alarms">, columns: number, maxRows: number): Row[] {
  const [first, ...more] = trust.alarms;
  if (first === undefined || columns <= 0 || maxRows <= 0) return [];
  const style = { fg: "bad" as const, bold: true, inverse: true };
  const also = more.length === 0 ? "" : ` (${more.length} more)`;
  const lines = wrapSpans([{ text: `!! ${first.text}${also}`, style }], columns);
  return lines.slice(0, maxRows).map((spans, index) => {
    const cutOff = index === maxRows - 1 && lines.length > maxRows;
    const width = spansWidth(spans);
    const filled = [...spans, { text: " ".repeat(Math.max(0, columns - width)), style }];
    return row(
      columns,
      cutOff ? fit(filled, Math.max(0, columns - widthOf(MORE))).concat({ text: MORE, style }) : filled,
    );
  });
}

const MORE = " ...";
