/** The messages and lines of a room in the page, in their order; it follows the end unless somebody reads above. @module */
import type { Entry, LineEntry } from "../terminal/room/entries.ts";
import type { RoomModel } from "../terminal/room/room_model.ts";
import { el } from "./dom.ts";
import { clock, type MessageActions, MessageRow } from "./message_row.ts";

interface Row {
  node: HTMLElement;
  update(): void;
}

/** So near to its end, in pixels, that the end is followed. */
const NEAR = 60;

/** Shows the entries of a model. */
export class LogView {
  readonly node = el("section", {
    class: "log",
    attributes: { role: "log", "aria-live": "polite", "aria-label": "Messages", tabindex: "0" },
  });
  readonly #list = el("div", { class: "entries" });
  readonly #model: RoomModel;
  readonly #actions: MessageActions;
  readonly #rows = new Map<number, Row>();
  #atEnd = true;

  /** Shows nothing yet. */
  constructor(model: RoomModel, actions: MessageActions) {
    this.#model = model;
    this.#actions = actions;
    const { node } = this;
    node.append(this.#list);
    node.addEventListener("scroll", () => {
      this.#atEnd = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR;
    }, { passive: true });
    // The keyboard of a phone takes half of the page, and rows get their height once they are seen: the end stays.
    const observer = new ResizeObserver(() => this.#atEnd ? this.toEnd() : undefined);
    for (const each of [node, this.#list]) observer.observe(each);
  }

  /** Shows the entries as they are now. */
  update(): void {
    const here = new Set<number>();
    let added = false;
    for (const entry of this.#model.entries) {
      here.add(entry.key);
      const row = this.#rows.get(entry.key);
      if (row !== undefined) {
        row.update();
        continue;
      }
      const fresh = this.#rowOf(entry);
      this.#rows.set(entry.key, fresh);
      this.#list.append(fresh.node); // keys rise, so that what is new stands at the end
      added = true;
    }
    for (const [key, row] of this.#rows) {
      if (here.has(key)) continue;
      row.node.remove();
      this.#rows.delete(key);
    }
    if (added && this.#atEnd) this.toEnd();
  }

  /** Shows the end. */
  toEnd(): void {
    this.#atEnd = true;
    this.node.scrollTop = this.node.scrollHeight;
  }

  /** Forgets what it shows. */
  clear(): void {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  #rowOf(entry: Entry): Row {
    if (entry.kind === "message") return new MessageRow(entry, this.#actions);
    const node = entry.kind === "day" ? el("p", { class: "day", text: entry.text }) : lineOf(entry);
    return { node, update: () => {} };
  }
}

/** A line of Sotto's own: it cannot be taken for a message, which stands in a box of its author. */
function lineOf({ at, level, text }: LineEntry): HTMLElement {
  const sign = { info: "", problem: "Problem: ", alarm: "Warning: " }[level];
  return el(
    "p",
    { class: `line ${level}` },
    el("time", { text: clock(at) }),
    el("span", { text: `${sign}${text}` }),
  );
}
