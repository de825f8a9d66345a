/**
 * How an entry of a room is laid out in rows.
 *
 * What members say never begins where a name stands: every row of a message but its first begins with a bar. So no
 * message can look like another's, or like a line of Sotto's own.
 *
 * @module
 */
import type { Entry, LineEntry, MessageEntry, ReplyContext } from "../room/entries.ts";
import { mentionsOf } from "../room/mentions.ts";
import { sanitize, sanitizeName } from "../sanitize.ts";
import type { Span, Style } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import { markdown, oneLine, type TextLine } from "./markdown.ts";
import { untilText } from "../until_text.ts";
import type { Signs } from "./signs.ts";
import { blank, fit, fitText, nickRole, rangesOf, restyle, span, textOf, wrap } from "./spans.ts";

/** How much of a message's head is shown: with the name, with the time alone, or nothing. */
export type Lead = "full" | "time" | "none";

/** What the layout of an entry depends on, beside the entry. */
export interface Look {
  /** Columns there are. */
  width: number;
  signs: Signs;
  /** Our own name, to find where it stands. */
  nick: string | null;
  /** Our own id. */
  me: string | null;
  /** What is being looked for, as `normalQuery()` gave it; empty for nothing. */
  query: string;
  lead: Lead;
}

/** Messages of one author within this time stand together, in milliseconds. */
const RUN_MS = 5 * 60_000;
/** Narrower panes have a narrower gutter. */
const WIDE = 50;
const NARROW = 24;
const MAX_NICK = 20;
/** Most different reactions that are shown with a message. */
const MAX_SHOWN_REACTIONS = 8;

/** How much head an entry needs after the one before it. */
export function leadOf(previous: Entry | undefined, entry: Entry): Lead {
  if (entry.kind !== "message" || previous?.kind !== "message") return "full";
  const runs = previous.from.id === entry.from.id && previous.from.nick === entry.from.nick &&
    entry.manner === "text" && (previous.manner === "text" || previous.manner === "reply") &&
    entry.at - previous.at < RUN_MS;
  if (!runs) return "full";
  return clockTime(previous.at) === clockTime(entry.at) ? "none" : "time";
}

/** Lays out an entry. @returns At least one row; none is wider than the width. */
export function entryRows(entry: Entry, look: Look): Span[][] {
  const width = Math.max(1, look.width);
  const rows = entry.kind === "message"
    ? messageRows(entry, look)
    : entry.kind === "line"
    ? lineRows(entry, look)
    : [rule(sanitize(entry.text), { ...look, role: "border" })];
  // Wider ones are made to fit; measuring signs again and again would cost more than all the rest.
  return width < NARROW ? rows.map((spans) => fit(spans, width)) : rows;
}

/** A line across the pane with words in it. */
export function rule(
  text: string,
  { width, signs, role }: Pick<Look, "width" | "signs"> & { role: "border" | "unread" },
): Span[] {
  const words = fitText(` ${text} `, Math.max(0, width - 2), "");
  const left = Math.max(0, Math.floor((width - widthOf(words)) / 2));
  const right = Math.max(0, width - widthOf(words) - left);
  return [
    span(signs.rule.repeat(left) + words + signs.rule.repeat(right), role, { bold: role === "unread" }),
  ];
}

/** Hours and minutes where the user is. */
export function clockTime(at: number): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return "--:--";
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
}

interface Gutter {
  /** Of the first row. */
  first: Span[];
  /** Of all further rows. */
  rest: Span[];
  columns: number;
  /** Whether it holds the time. */
  timed: boolean;
}

function gutterOf(entry: MessageEntry, { width, signs, lead }: Look): Gutter {
  const mark = entry.mention ? span(signs.mention, "mention", { bold: true }) : span(" ");
  if (width < NARROW) return { first: [mark], rest: [span(" ")], columns: 1, timed: false };
  const number = entry.number === null ? "" : `#${entry.number}`;
  if (width < WIDE) {
    const label = number.padStart(5).slice(-6);
    return {
      first: [span(label, "dim"), mark],
      rest: [span(blank(label.length + 1))],
      columns: label.length + 1,
      timed: false,
    };
  }
  const time = lead === "none" ? blank(5) : clockTime(entry.at);
  const label = time + (number.length > 6 ? ` ${number}` : number.padStart(6));
  return {
    first: [span(label, "dim"), mark],
    rest: [span(blank(label.length + 1))],
    columns: label.length + 1,
    timed: true,
  };
}

function messageRows(entry: MessageEntry, look: Look): Span[][] {
  const { signs } = look;
  const gutter = gutterOf(entry, look);
  const bar = span(`${signs.bar} `, entry.own ? "me" : nickRole(entry.from.id));
  const room = Math.max(1, look.width - gutter.columns - 2);
  const rows: Span[][] = [];
  if (entry.reply !== null && !entry.deleted) {
    rows.push([...gutter.rest, ...replyContext(entry.reply, room + 2, signs)]);
  }
  const head = headOf(entry, look, { timed: gutter.timed, room });
  let first = true;
  for (const { kind, spans } of bodyLines(entry, look)) {
    const named = first && head.length > 0;
    const hang = kind === "quote" ? [span(`${signs.quote} `, "quote")] : [];
    const content = named ? [...head, ...hang, ...spans] : spans;
    const columns = Math.max(1, room - 2 * hang.length);
    for (const wrapped of wrap(content, columns)) {
      const begin = first && named ? [] : [bar, ...hang];
      rows.push([
        ...(first ? gutter.first : gutter.rest),
        ...begin,
        ...fit(wrapped, columns + (begin.length === 0 ? 2 : 0)),
      ]);
      first = false;
    }
  }
  const reactions = reactionSpans(entry, look);
  if (reactions.length === 0) return rows;
  for (const wrapped of wrap(reactions, room)) rows.push([...gutter.rest, bar, ...fit(wrapped, room)]);
  return rows;
}

/** Name and manner; nothing in a run of one author. */
function headOf(
  entry: MessageEntry,
  { signs, lead, query }: Look,
  { timed, room }: { timed: boolean; room: number },
): Span[] {
  const time = timed || lead === "none" || room < NARROW ? [] : [span(`${clockTime(entry.at)} `, "dim")];
  if (lead !== "full") return [];
  const most = Math.min(MAX_NICK, Math.max(4, Math.floor(room / 2)));
  const name = (nick: string): string => fitText(sanitizeName(nick), most, signs.ellipsis);
  const nick = name(entry.from.nick);
  const style: Style = { fg: entry.own ? "me" : nickRole(entry.from.id), bold: true };
  const shown = restyle([{ text: nick, style }], rangesOf(nick, query), FOUND);
  if (entry.manner === "action" || entry.manner === "file") {
    return [...time, span("* ", "dim"), ...shown, span(" ")];
  }
  if (entry.manner !== "private") return [...time, ...shown, span(": ", "dim")];
  const whom = entry.own && entry.to !== null ? `${name(entry.to.nick)} alone` : "you alone";
  return [...time, ...shown, span(` ${signs.to} ${whom}: `, "accent", { bold: true })];
}

/** What was said, with what has become of it at its end. */
function bodyLines(entry: MessageEntry, look: Look): TextLine[] {
  const { signs } = look;
  if (entry.deleted) return [{ kind: "text", spans: [span("(deleted)", "dim", { italic: true })] }];
  const lines = markdown(entry.text, { revealed: entry.revealed, cover: signs.cover }).map((line) => {
    const text = textOf(line.spans);
    const mine = look.nick === null || entry.own || !entry.mention ? [] : mentionsOf(text, look.nick);
    const spans = restyle(line.spans, mine, MENTIONED);
    return { ...line, spans: restyle(spans, rangesOf(text, look.query), FOUND) };
  });
  const after = afterwards(entry, signs);
  if (after.length === 0) return lines;
  const last = lines[lines.length - 1];
  if (last === undefined || last.kind === "code") lines.push({ kind: "text", spans: after });
  else last.spans = [...last.spans, ...after];
  return lines;
}

const MENTIONED: Style = { fg: "mention", bold: true };
const FOUND: Style = { inverse: true };

/** Edited, until when it stays, and for one's own: waiting, sent, delivered to how many. */
function afterwards(entry: MessageEntry, signs: Signs): Span[] {
  const { edited, state, delivered, audience, until, at } = entry;
  const out: Span[] = edited ? [span(" (edited)", "dim")] : [];
  if (until !== null) out.push(span(` (${untilText(until, at)})`, "dim"));
  if (state === "waiting") out.push(span(` ${signs.waiting}`, "warn"));
  else if (state === "sending") out.push(span(` ${signs.sending}`, "dim"));
  else if (state === "delivered") out.push(span(` ${signs.delivered}`, "good"));
  else if (state === "sent") {
    const part = delivered === 0 ? signs.sent : `${signs.part}${delivered}/${Math.max(delivered, audience)}`;
    out.push(span(` ${part}`, "dim"));
  }
  return out;
}

function replyContext(reply: ReplyContext, columns: number, signs: Signs): Span[] {
  const number = reply.number === null ? "" : ` #${reply.number}`;
  if (reply.nick === null) {
    return fit(
      [span(`${signs.answers} `, "quote"), span("an earlier message", "dim")],
      columns,
      signs.ellipsis,
    );
  }
  const what = reply.gone === "deleted"
    ? "(deleted)"
    : reply.gone === "expired"
    ? "(disappeared)"
    : oneLine(reply.text, signs.cover);
  return fit(
    [
      span(`${signs.answers} `, "quote"),
      span(`${sanitizeName(reply.nick)}${number}: `, "quote", { bold: true }),
      span(what, "dim"),
    ],
    columns,
    signs.ellipsis,
  );
}

/** Reactions with how many there are of each, the most frequent first. */
function reactionSpans({ reactions }: MessageEntry, { signs, me }: Look): Span[] {
  if (reactions.size === 0) return [];
  const counts = new Map<string, { count: number; own: boolean }>();
  for (const [member, emoji] of reactions) {
    const clean = fitText(sanitizeName(emoji), 16, signs.ellipsis);
    const { count, own } = counts.get(clean) ?? { count: 0, own: false };
    counts.set(clean, { count: count + 1, own: own || member === me });
  }
  const sorted = [...counts].sort(([, a], [, b]) => b.count - a.count);
  const out = sorted.slice(0, MAX_SHOWN_REACTIONS).flatMap(([emoji, { count, own }], index) => [
    span(`${index === 0 ? "" : "  "}${emoji}`),
    span(` ${count}${own ? " (you)" : ""}`, own ? "accent" : "dim"),
  ]);
  const rest = sorted.length - MAX_SHOWN_REACTIONS;
  return rest > 0 ? [...out, span(`  ${signs.more}${rest}`, "dim")] : out;
}

const LINE_LOOK: Record<LineEntry["level"], { sign: string; style: Style }> = {
  info: { sign: "-- ", style: { fg: "dim" } },
  problem: { sign: "-- ", style: { fg: "warn" } },
  alarm: { sign: "!! ", style: { fg: "bad", bold: true } },
};

function lineRows(entry: LineEntry, { width, query }: Look): Span[][] {
  const { sign, style } = LINE_LOOK[entry.level];
  const wide = width >= WIDE;
  const indent = wide ? 12 : width < NARROW ? 0 : 6;
  const time = wide ? clockTime(entry.at).padEnd(indent) : blank(indent);
  const rows: Span[][] = [];
  for (const line of sanitize(entry.text, { newlines: true }).split("\n")) {
    const spans = restyle([{ text: line, style }], rangesOf(line, query), FOUND);
    const columns = Math.max(1, width - indent - sign.length);
    for (const wrapped of wrap(spans, columns)) {
      const gutter = span(rows.length === 0 ? time : blank(indent), "dim");
      rows.push([gutter, { text: sign, style }, ...fit(wrapped, columns)]);
    }
  }
  return rows;
}
