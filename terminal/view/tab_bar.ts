/** The rooms in one row, with what has come in them. @module */
import type { LinkState } from "../room/link_view.ts";
import { sanitizeName } from "../sanitize.ts";
import type { Row, Span } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import type { Signs } from "./signs.ts";
import { fit, fitText, row, span, spansWidth } from "./spans.ts";

/** One room of the bar. */
export interface TabView {
  label: string;
  unread: number;
  mentions: number;
  /** Whether there is an alarm that nobody has acknowledged. */
  alarm?: boolean;
  state?: LinkState;
}

const MAX_LABEL = 20;

/**
 * Draws the bar. The active tab is always among those that are seen.
 *
 * @param tabs The rooms, in order.
 * @param active Which one is in front.
 */
export function tabBar(
  tabs: readonly TabView[],
  active: number,
  options: { columns: number; signs: Signs },
): Row {
  const { columns, signs } = options;
  const { cells, from, to, edges } = layOut(tabs, active, options);
  const spans: Span[] = [];
  if (from > 0) spans.push(edge(signs.left, tabs.slice(0, from)));
  const inner = columns - edges(from, to);
  spans.push(...fit(cells.slice(from, to).flat(), inner, signs.ellipsis));
  if (to < tabs.length) spans.push(edge(signs.right, tabs.slice(to)));
  return row(columns, spans);
}

/** Which room stands at a column of the bar; an edge stands for the next one beyond it. Null where there is none. */
export function tabAt(
  tabs: readonly TabView[],
  active: number,
  options: { columns: number; signs: Signs; column: number },
): number | null {
  const { cells, from, to } = layOut(tabs, active, options);
  let at = from > 0 ? widthOf(options.signs.left) : 0;
  if (options.column < at) return from - 1;
  for (let index = from; index < to; index++) {
    at += spansWidth(cells[index] ?? []);
    if (options.column < at) return index;
  }
  return to < tabs.length ? to : null;
}

/** Which rooms are seen: the active one, and as many around it as there is space for. */
function layOut(
  tabs: readonly TabView[],
  active: number,
  options: { columns: number; signs: Signs },
): { cells: Span[][]; from: number; to: number; edges: (first: number, end: number) => number } {
  const { columns, signs } = options;
  const cells = tabs.map((tab, index) => cell(tab, index, index === active, options));
  const widths = cells.map(spansWidth);
  let from = Math.max(0, Math.min(active, tabs.length - 1));
  let to = from + 1;
  let used = widths[from] ?? 0;
  const edges = (first: number, end: number): number =>
    (first > 0 ? widthOf(signs.left) : 0) + (end < tabs.length ? widthOf(signs.right) : 0);
  for (let grown = true; grown;) {
    grown = false;
    const after = widths[to];
    if (after !== undefined && used + after + edges(from, to + 1) <= columns) {
      used += after;
      to++;
      grown = true;
    }
    const before = widths[from - 1];
    if (before !== undefined && used + before + edges(from - 1, to) <= columns) {
      used += before;
      from--;
      grown = true;
    }
  }
  return { cells, from, to, edges };
}

/** The edge stands out when something has come in a room beyond it. */
function edge(sign: string, hidden: readonly TabView[]): Span {
  const loud = hidden.some(({ mentions, alarm }) => mentions > 0 || alarm === true);
  const news = hidden.some(({ unread }) => unread > 0);
  return span(sign, loud ? "mention" : news ? "unread" : "border", { bold: loud || news });
}

function cell(tab: TabView, index: number, active: boolean, { signs }: { signs: Signs }): Span[] {
  const label = fitText(sanitizeName(tab.label), MAX_LABEL, signs.ellipsis);
  const down = tab.state === "down" || tab.state === "over"
    ? ` ${signs.down}`
    : tab.state === "reconnecting"
    ? ` ${signs.reconnecting}`
    : "";
  const look = active ? { bg: "selected" as const, bold: true } : {};
  const out = [span(`${active ? "[" : " "}${index + 1} ${label}${down}`, active ? "accent" : "text", look)];
  if (tab.alarm === true) out.push(span(" !!", "bad", { ...look, bold: true }));
  if (tab.mentions > 0) {
    out.push(span(` ${short(tab.unread)}@${short(tab.mentions)}`, "mention", { ...look, bold: true }));
  } else if (tab.unread > 0) out.push(span(` ${short(tab.unread)}`, "unread", look));
  out.push(span(active ? "]" : " ", active ? "accent" : "text", look));
  return out;
}

function short(count: number): string {
  return count > 999 ? "999+" : String(count);
}
