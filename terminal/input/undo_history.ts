/** What can be undone and done again. Entries are values: a draft takes them along. @module */

/** One change of a text. */
export interface Change {
  /** What it was: changes of one kind may be undone together. */
  readonly kind: string;
  /** Where. */
  readonly at: number;
  /** What stood there. */
  readonly removed: string;
  /** What stands there now. */
  readonly inserted: string;
  /** The cursor before it. */
  readonly before: number;
  /** The cursor after it. */
  readonly after: number;
}

/** All of it as a value. */
export interface UndoState {
  /** Oldest first. */
  readonly done: readonly Change[];
  /** What was undone, the next to do again last. */
  readonly undone: readonly Change[];
}

/** Most UTF-16 units that are kept for undoing. */
const MAX_KEPT = 1_048_576;
/** Most changes. */
const MAX_CHANGES = 1_000;

/** Changes of one text. */
export class UndoHistory {
  #done: readonly Change[] = [];
  #undone: readonly Change[] = [];
  #open = false;

  /** Keeps a change; typing goes on in the change before as long as nothing came between. */
  add(change: Change): void {
    const last = this.#done.at(-1);
    const joined = this.#open && last !== undefined ? join(last, change) : null;
    const done = joined === null ? [...this.#done, change] : [...this.#done.slice(0, -1), joined];
    let kept = done.reduce((sum, { removed, inserted }) => sum + removed.length + inserted.length, 0);
    let from = 0;
    for (; done.length - from > 1 && (kept > MAX_KEPT || done.length - from > MAX_CHANGES); from++) {
      const dropped = done[from];
      kept -= (dropped?.removed.length ?? 0) + (dropped?.inserted.length ?? 0);
    }
    this.#done = from === 0 ? done : done.slice(from);
    this.#undone = [];
    this.#open = true;
  }

  /** The next change begins anew, since the cursor has moved. */
  close(): void {
    this.#open = false;
  }

  /** Takes the last change to undo it. */
  undo(): Change | null {
    const change = this.#done.at(-1);
    if (change === undefined) return null;
    this.#done = this.#done.slice(0, -1);
    this.#undone = [...this.#undone, change];
    this.#open = false;
    return change;
  }

  /** Takes the change undone last to do it again. */
  redo(): Change | null {
    const change = this.#undone.at(-1);
    if (change === undefined) return null;
    this.#undone = this.#undone.slice(0, -1);
    this.#done = [...this.#done, change];
    this.#open = false;
    return change;
  }

  /** All of it as a value; {@linkcode UndoHistory.restore} takes it. */
  save(): UndoState {
    return { done: this.#done, undone: this.#undone };
  }

  /** Takes a value up; without one, forgets everything. */
  restore({ done, undone }: UndoState = { done: [], undone: [] }): void {
    this.#done = done;
    this.#undone = undone;
    this.#open = false;
  }
}

/** Words that are typed one behind the other, and characters removed one by one, are one change each. */
function join(last: Change, next: Change): Change | null {
  if (last.kind !== next.kind || last.after !== next.before) return null;
  if (next.kind === "type" && next.removed === "" && last.at + last.inserted.length === next.at) {
    if (/\s$/.test(last.inserted) && /^\S/.test(next.inserted)) return null; // another word
    return { ...last, inserted: last.inserted + next.inserted, after: next.after };
  }
  if (next.kind === "backspace" && next.at + next.removed.length === last.at) {
    return { ...last, at: next.at, removed: next.removed + last.removed, after: next.after };
  }
  if (next.kind === "delete" && next.at === last.at) {
    return { ...last, removed: last.removed + next.removed, after: next.after };
  }
  return null;
}
