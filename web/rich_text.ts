/** The light markdown of messages as elements of the page. All of them hold text alone. @module */
import { markdown, type TextLine } from "../terminal/view/markdown.ts";
import { button, el } from "./dom.ts";

type Span = TextLine["spans"][number];

/** What a message says, as the page shows it. */
export interface Rich {
  nodes: (HTMLElement | string)[];
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
  const spoilers = covered.some(({ spans }) => spans.some(isCovered));
  const lines = spoilers && revealed ? markdown(text, { revealed, cover: null }) : covered;
  const nodes: (HTMLElement | string)[] = [];
  let before: TextLine["kind"] | null = null;
  let into: HTMLElement | null = null;
  for (const { kind, spans } of lines) {
    const pieces = spans.map((span, i) => isCovered(span) ? coverOf(spans, i, reveal) : pieceOf(span, kind));
    if (kind !== before) {
      into = kind === "text" ? null : el(kind === "code" ? "code" : "span", { class: kind });
      if (into !== null) nodes.push(into);
    } else if (into === null) nodes.push("\n");
    else into.append("\n");
    before = kind;
    for (const piece of pieces) {
      if (piece === null) continue;
      if (into === null) nodes.push(piece);
      else into.append(piece);
    }
  }
  return { nodes, spoilers };
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

function pieceOf({ text, style = {} }: Span, kind: TextLine["kind"]): HTMLElement | string {
  let node: HTMLElement | string = text;
  if (style.link !== undefined) {
    node = el("a", { text, attributes: { href: style.link, target: "_blank", rel: "noopener noreferrer" } });
  }
  if (style.fg === "code" && kind !== "code") node = el("code", {}, node);
  if (style.strike === true) node = el("s", {}, node);
  if (style.italic === true) node = el("em", {}, node);
  if (style.bold === true) node = el("strong", {}, node);
  return node;
}
