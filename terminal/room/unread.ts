/** What has come while nobody looked. @module */

/** Counts messages and mentions, and remembers where the unread ones begin. */
export class Unread {
  #messages = 0;
  #mentions = 0;
  #first: number | null = null;

  /** Unread messages. */
  get messages(): number {
    return this.#messages;
  }

  /** Those of them that name us, or are for us alone. */
  get mentions(): number {
    return this.#mentions;
  }

  /** Key of the first unread entry; it stays after reading, until something new comes unseen or the mark is taken away. */
  get first(): number | null {
    return this.#first;
  }

  /** Something has come that nobody has seen. */
  add(key: number, options: { mention: boolean }): void {
    if (this.#messages === 0) this.#first = key;
    this.#messages++;
    if (options.mention) this.#mentions++;
  }

  /** Everything has been seen; the mark stays for the eye. */
  read(): void {
    this.#messages = this.#mentions = 0;
  }

  /** Takes the mark away. */
  clearMark(): void {
    this.#first = null;
  }
}
