/** How the connection stands, in words. @module */
import type { RoomModel } from "../terminal/room/room_model.ts";
import { durationText } from "../terminal/duration.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { button, el, setText } from "./dom.ts";

/** How often the time until the next try is written anew, in milliseconds. */
const TICK_MS = 1_000;

/** A line about the connection. */
export class LinkLine {
  readonly node: HTMLElement;
  readonly #text = el("span", { attributes: { role: "status" } });
  readonly #next = el("span", {}); // apart, as it changes each second: it is not to be read aloud each time
  readonly #now: HTMLButtonElement;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `retry` tries at once to get a lost connection back. */
  constructor(retry: () => void) {
    this.#now = button("Try now", retry, { class: "quiet" });
    this.node = el("p", { class: "link" }, this.#text, this.#next, this.#now);
  }

  /** Shows how it stands. */
  update(model: RoomModel): void {
    const { connection } = model;
    const { state } = connection;
    this.node.dataset.state = state;
    this.#now.hidden = !connection.offline;
    setText(this.#text, textOf(model));
    setText(this.#next, nextOf(model));
    this.node.title = sanitize(connection.reason);
    if (!connection.offline) return this.stop();
    this.#timer ??= setInterval(() => setText(this.#next, nextOf(model)), TICK_MS);
  }

  /** Counts no more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function textOf({ connection, unsent }: RoomModel): string {
  switch (connection.state) {
    case "connecting":
      return "Connecting…";
    case "online":
      return "● Online";
    case "over":
      return "○ Not in the room any more";
    case "reconnecting":
    case "down":
      return `○ No connection${
        unsent === 0 ? "" : unsent === 1 ? ", 1 message waits" : `, ${unsent} messages wait`
      }`;
  }
}

function nextOf({ connection }: RoomModel): string {
  if (!connection.offline) return "";
  const ms = connection.retryMs;
  return ms <= 0 ? ": trying now" : `: next try in ${durationText(ms)}`;
}
