/** Windows over the rooms: help, questions, invites. The one opened last has the keys. @module */
import type { KeyMeaning, KeyPlace } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import type { Row, Size } from "../screen/style.ts";

/** A window. */
export interface Overlay {
  /** Over everything; or at the bottom, in place of the composer. @default "screen" */
  readonly place?: "screen" | "foot";
  /** What keys mean in it. @default `["overlay", "everywhere"]` */
  readonly places?: readonly KeyPlace[];
  /** What it shows; rows beyond `size.rows` are not seen. At the bottom it may take fewer. */
  rows(size: Size): Row[];
  /** Where the cursor stands among those rows. @default nowhere */
  cursor?(size: Size): { row: number; column: number } | null;
  /**
   * Takes a key. Keys that work on the whole program (Ctrl-C, Ctrl-Z, burn, lock) do not come here.
   *
   * @param press What was pressed.
   * @param meaning What it means here by the key map.
   */
  key(press: KeyPress, meaning: KeyMeaning): "close" | "keep";
  /** Called once when it goes, however that comes: also when everything is wiped. Drops what it holds. */
  closed?(): void;
}

/** Where keys work in a window that does not say. */
const USUAL_PLACES: readonly KeyPlace[] = ["overlay", "everywhere"];

/** The windows that are open. */
export class OverlayStack {
  readonly #open: Overlay[] = [];
  readonly #changed: () => void;

  /** Makes an empty one; `changed` is called when a window comes or goes. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The window that has the keys. */
  get top(): Overlay | null {
    return this.#open.at(-1) ?? null;
  }

  /** All of them, the lowest first. */
  get all(): readonly Overlay[] {
    return this.#open;
  }

  /** What keys mean to the window on top. */
  get places(): readonly KeyPlace[] {
    return this.top?.places ?? USUAL_PLACES;
  }

  /** Opens a window. */
  open(overlay: Overlay): void {
    this.#open.push(overlay);
    this.#changed();
  }

  /** Closes a window, if it is open. */
  close(overlay: Overlay): void {
    const index = this.#open.indexOf(overlay);
    if (index < 0) return;
    this.#open.splice(index, 1);
    overlay.closed?.();
    this.#changed();
  }

  /** Gives a key to the window on top. */
  key(press: KeyPress, meaning: KeyMeaning): void {
    const { top } = this;
    if (top !== null && top.key(press, meaning) === "close") this.close(top);
  }

  /** Closes all. */
  wipe(): void {
    for (const overlay of this.#open.splice(0)) overlay.closed?.();
    this.#changed();
  }
}
