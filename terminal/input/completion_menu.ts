/** The menu that Tab opens and walks through. @module */
import type { Completion, CompletionItem } from "./completion.ts";
import type { TextArea } from "./text_area.ts";

/** Choices, one of them selected. */
export class CompletionMenu {
  /** What is offered. */
  readonly completion: Completion;
  #selected = 0;

  /** Opens it with its first item selected. */
  constructor(completion: Completion) {
    this.completion = completion;
  }

  /** Which item is selected. */
  get selected(): number {
    return this.#selected;
  }

  /** The selected item. */
  get item(): CompletionItem | undefined {
    return this.completion.items[this.#selected];
  }

  /** Goes on by so many items, around the ends. */
  move(by: number): void {
    const { length } = this.completion.items;
    if (length > 0) this.#selected = (((this.#selected + by) % length) + length) % length;
  }

  /** Puts the selected item into the text. @returns False when the text would grow too long */
  accept(area: TextArea): boolean {
    const { from, to } = this.completion;
    return this.item !== undefined && area.replace(from, to, this.item.insert);
  }
}
