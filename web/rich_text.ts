/** The light markdown of messages as elements of the page. All of them hold text alone. @module */
import { sanitize } from "../terminal/sanitize.ts";
import { markdown, type TextLine } from "../terminal/view/markdown.ts";
import { button, el } from "./dom.ts";

type Span = TextLine["spans"][number];

type Piece = HTMLElement | string;

/** Most elements of one message: whoever wants more than that wants to fill the page, and is shown as written. */
const MAX_ELEMENTS = 100;

/** What a message says, as the page shows it. */
export interface Rich {
  nodes: Piece[];
  /** Whether there is something to be opened, or to be covered again. */
  spoilers: boolean;
}

/** How it is shown. */
export interface RichOptions {
  /** Whether its spoilers are open. */
  revealed: boolean;
  /** Opens them. */
  reveal: () => void;
}

/** Makes the elements of a message; the text is sanitised here. */
export function richText(text: string, { revealed, reveal }: RichOptions): Rich {
  const covered = markdown(text, { revealed: false, cover: null });
  if (elementsOf(covered) > MAX_ELEMENTS) {
    return { nodes: [sanitize(text, { newlines: true })], spoilers: false };
  }
  const spoilers = covered.some(({ spans }) => spans.some(isCovered));
  const lines = spoilers && revealed ? markdown(text, { revealed, cover: null }) : covered;
  const nodes: Piece[] = [];
  for (let at = 0; at < lines.length;) {
    const kind = lines[at]?.kind ?? "text";
    const block: Piece[] = [];
    const first = at;
    for (let line = lines[at]; line?.kind === kind; line = lines[++at]) {
      if (at > first) put(block, "\n");
      const { spans } = line;
      spans.forEach((span, i) =>
        put(block, isCovered(span) ? coverOf(spans, i, reveal) : pieceOf(span, kind))
      );
    }
    if (kind === "text") nodes.push(...block);
    else nodes.push(el(kind === "code" ? "code" : "span", { class: kind }, ...block));
  }
  return { nodes, spoilers };
}

/** Adds a piece; texts side by side are one. */
function put(block: Piece[], piece: Piece | null): void {
  const before = block.at(-1);
  if (typeof piece === "string" && typeof before === "string") block[block.length - 1] = before + piece;
  else if (piece !== null) block.push(piece);
}

/** How many elements lines would take, at most. */
function elementsOf(lines: readonly TextLine[]): number {
  let count = 0;
  for (const [i, { kind, spans }] of lines.entries()) {
    if (kind !== "text" && kind !== lines[i - 1]?.kind) count++;
    if (kind !== "code") {
      count += spans.filter(({ style }) => style !== undefined && !onlyQuoted(style)).length;
    }
  }
  return count;
}

function onlyQuoted(style: NonNullable<Span["style"]>): boolean {
  return style.fg === "quote" && Object.keys(style).length === 1;
}

function isCovered({ text, style }: Span): boolean {
  return text === "" && style?.fg === "dim";
}

/** One button for all pieces that are covered side by side. */
function coverOf(spans: readonly Span[], index: number, reveal: () => void): HTMLElement | null {
  const before = spans[index - 1];
  if (before !== undefined && isCovered(before)) return null;
  return button("Covered: show it", reveal, { class: "spoiler" });
}

function pieceOf({ text, style = {} }: Span, kind: TextLine["kind"]): Piece {
  let node: Piece = text;
  if (style.link !== undefined) {
    node = el("a", { text, attributes: { href: style.link, target: "_blank", rel: "noopener noreferrer" } });
  }
  if (style.fg === "code" && kind !== "code") node = el("code", {}, node);
  if (style.strike === true) node = el("s", {}, node);
  if (style.italic === true) node = el("em", {}, node);
  if (style.bold === true) node = el("strong", {}, node);
  return node;
}
