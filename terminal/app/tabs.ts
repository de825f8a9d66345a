/** The rooms that are open, and which of them is in front. @module */
import type { RoomTab } from "./room_tab.ts";

/** Tabs in the order in which they were opened. */
export class Tabs {
  readonly #all: RoomTab[] = [];
  #current = 0;
  /** Where one was before, to go back to when a tab closes. */
  #before: RoomTab | null = null;

  /** All of them. */
  get all(): readonly RoomTab[] {
    return this.#all;
  }

  /** How many there are. */
  get count(): number {
    return this.#all.length;
  }

  /** The one in front; null when there is none. */
  get current(): RoomTab | null {
    return this.#all[this.#current] ?? null;
  }

  /** Its place, from 0. */
  get index(): number {
    return this.#current;
  }

  /** Adds a tab behind the others and brings it to the front. */
  add(tab: RoomTab): void {
    this.#all.push(tab);
    this.show(this.#all.length - 1);
  }

  /** Brings a tab to the front, by place or itself. @returns Whether there is such a tab. */
  show(tab: number | RoomTab): boolean {
    const index = typeof tab === "number" ? tab : this.#all.indexOf(tab);
    if (index < 0 || index >= this.#all.length) return false;
    if (index !== this.#current) this.#before = this.current;
    this.#current = index;
    return true;
  }

  /** Goes on by so many tabs, around the ends. */
  move(by: number): void {
    const { length } = this.#all;
    if (length > 0) this.show((((this.#current + by) % length) + length) % length);
  }

  /** Goes to the next tab with mentions, or else with unread messages. @returns Whether there is one. */
  nextUnread(): boolean {
    const { length } = this.#all;
    for (const wanted of ["mentions", "unread"] as const) {
      for (let step = 1; step < length; step++) {
        const index = (this.#current + step) % length;
        if ((this.#all[index]?.model[wanted] ?? 0) > 0) return this.show(index);
      }
    }
    return false;
  }

  /** Takes a tab out; the one that was in front before it comes back, or its neighbour. */
  remove(tab: RoomTab): void {
    const index = this.#all.indexOf(tab);
    if (index < 0) return;
    const inFront = this.current;
    this.#all.splice(index, 1);
    if (this.#before === tab) this.#before = null;
    const next = inFront === tab ? this.#before : inFront;
    const place = next === null ? -1 : this.#all.indexOf(next);
    this.#current = place >= 0 ? place : Math.max(0, Math.min(index, this.#all.length - 1));
    if (inFront === tab) this.#before = null;
  }
}
