/** One message in the page. Its parts change one by one, so that a reader aloud does not hear it all again. @module */
import { sanitize, sanitizeName } from "../terminal/sanitize.ts";
import type { MessageEntry } from "../terminal/room/entries.ts";
import { untilText } from "../terminal/until_text.ts";
import { oneLine } from "../terminal/view/markdown.ts";
import { button, el, setText } from "./dom.ts";
import { hueOf } from "./name_colour.ts";
import { type Rich, richText } from "./rich_text.ts";

/** What can be done to a message. */
export interface MessageActions {
  reply: (entry: MessageEntry) => void;
  react: (entry: MessageEntry) => void;
  edit: (entry: MessageEntry) => void;
  remove: (entry: MessageEntry) => void;
  save: (entry: MessageEntry) => void;
  /** Opens its spoilers, or covers them again. */
  reveal: (entry: MessageEntry) => void;
}

/** A message. */
export class MessageRow {
  readonly node: HTMLElement;
  readonly #entry: MessageEntry;
  readonly #number = el("span", { class: "number" });
  readonly #name = el("bdi", { class: "name" });
  readonly #manner = el("span", { class: "manner" });
  readonly #quote = el("p", { class: "quote", attributes: { dir: "auto" } });
  readonly #text = el("div", { class: "text", attributes: { dir: "auto" } });
  readonly #reactions = el("p", { class: "reactions" });
  readonly #mark = el("span", { class: "mark", attributes: { "aria-live": "off" } });
  readonly #actions: MessageActions;
  readonly #tools = el("span", { class: "tools" });
  #seen = -1;
  /** What the text and the tools were made of: they stay as they are, with the keyboard on them, until that changes. */
  #written: Pick<MessageEntry, "deleted" | "revealed" | "text"> | null = null;
  #offered = "";
  #spoilers = false;

  /** Shows `entry`; {@linkcode MessageRow.update} follows it. */
  constructor(entry: MessageEntry, actions: MessageActions) {
    this.#entry = entry;
    this.#actions = actions;
    this.#name.style.setProperty("--hue", String(hueOf(entry.from.id)));
    const time = el("time", {
      text: clock(entry.at),
      attributes: { datetime: new Date(entry.at).toISOString() },
    });
    this.node = el(
      "article",
      { class: entry.own ? "message own" : "message" },
      el("header", {}, this.#name, this.#manner, time, this.#number, this.#mark, this.#tools),
      this.#quote,
      this.#text,
      this.#reactions,
    );
    this.update();
  }

  /** Shows what has changed. */
  update(): void {
    const entry = this.#entry;
    if (this.#seen === entry.version) return;
    this.#seen = entry.version;
    setText(this.#number, entry.number === null ? "" : `#${entry.number}`);
    setText(this.#name, sanitizeName(entry.from.nick));
    setText(this.#manner, mannerOf(entry));
    const quote = quoteOf(entry);
    setText(this.#quote, quote);
    this.#quote.hidden = quote === "";
    this.#write();
    this.node.classList.toggle("mention", entry.mention);
    this.node.classList.toggle("private", entry.manner === "private");
    const reactions = reactionsOf(entry);
    setText(this.#reactions, reactions);
    this.#reactions.hidden = reactions === "";
    setText(this.#mark, markOf(entry));
    this.#fillTools();
  }

  /** Shows the text, its spoilers covered until somebody opens them. */
  #write(): void {
    const entry = this.#entry;
    const { deleted, revealed, text } = entry;
    const was = this.#written;
    if (was !== null && was.deleted === deleted && was.revealed === revealed && was.text === text) return;
    this.#written = { deleted, revealed, text };
    const { nodes, spoilers } = textOf(entry, () => this.#actions.reveal(entry));
    this.#text.replaceChildren(...nodes);
    this.#spoilers = spoilers;
    this.#text.classList.toggle("gone", entry.deleted);
  }

  #fillTools(): void {
    const entry = this.#entry;
    const { reply, react, edit, remove, save, reveal } = this.#actions;
    const tools: [string, (entry: MessageEntry) => void][] = [];
    if (entry.revealed && this.#spoilers) tools.push(["Cover", reveal]);
    if (entry.id !== null && !entry.deleted) {
      if (entry.manner === "file" && !entry.own) tools.push(["Save", save]);
      if (!entry.own || entry.manner !== "private") tools.push(["Reply", reply]);
      if (entry.manner !== "private") tools.push(["React", react]);
      if (entry.own && entry.manner !== "private" && entry.manner !== "file") tools.push(["Edit", edit]);
      if (entry.own && entry.manner !== "private") tools.push(["Delete", remove]);
    }
    const which = entry.number === null ? "" : ` #${entry.number}`;
    const now = tools.map(([text]) => text + which).join();
    if (now === this.#offered) return;
    this.#offered = now;
    this.#tools.replaceChildren(
      ...tools.map(([text, run]) =>
        button(text, () => run(entry), { class: "tool", attributes: { "aria-label": text + which } })
      ),
    );
  }
}

/** What a message says; what a file offers is no text of its author's, and names are shown as they are. */
function textOf({ deleted, manner, text, revealed }: MessageEntry, reveal: () => void): Rich {
  if (deleted) return { nodes: ["This message was deleted."], spoilers: false };
  if (manner === "file") {
    return { nodes: [sanitize(text.replace(/ - \/save #\d+ fetches it$/, ""))], spoilers: false };
  }
  return richText(text, { revealed, reveal });
}

function mannerOf(entry: MessageEntry): string {
  const parts: string[] = [];
  if (entry.manner === "private") {
    parts.push(entry.own ? `to ${sanitizeName(entry.to?.nick ?? "")} alone` : "to you alone");
  }
  if (entry.manner === "action") parts.push("does this");
  if (entry.reply !== null) {
    parts.push(entry.reply.number === null ? "answers an earlier message" : `answers #${entry.reply.number}`);
  }
  if (entry.mention) parts.push("names you");
  if (entry.edited) parts.push("edited");
  if (entry.until !== null) parts.push(untilText(entry.until, entry.at));
  return parts.join(", ");
}

function quoteOf({ reply }: MessageEntry): string {
  if (reply === null) return "";
  const who = reply.nick === null ? "An earlier message" : sanitizeName(reply.nick);
  if (reply.gone !== null) return `${who}: (${reply.gone})`;
  return reply.text === "" ? who : `${who}: ${oneLine(reply.text, null)}`;
}

function reactionsOf({ reactions }: MessageEntry): string {
  const counts = new Map<string, number>();
  for (const emoji of reactions.values()) {
    const shown = sanitize(emoji).trim();
    if (shown !== "") counts.set(shown, (counts.get(shown) ?? 0) + 1);
  }
  return [...counts].map(([emoji, count]) => `${emoji} ${count}`).join("   ");
}

/** What has become of one's own message: a sign, and the word for it. */
function markOf({ state, delivered, audience }: MessageEntry): string {
  switch (state) {
    case null:
      return "";
    case "waiting":
      return "… waits for the connection";
    case "sending":
      return "… sending";
    case "sent":
      return delivered > 0 ? `✓ delivered to ${delivered} of ${audience}` : "✓ sent";
    case "delivered":
      return "✓✓ delivered";
  }
}

/** Hours and minutes where the user is. */
export function clock(at: number): string {
  const time = new Date(at);
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
}
