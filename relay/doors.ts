/** Which door leads to which room. @module */

/** Key of a 16-byte id in a map. */
export function idKey(id: Uint8Array): string {
  return String.fromCharCode(...id);
}

/** The id that has this key. */
export function idBytes(key: string): Uint8Array {
  return Uint8Array.from(key, (each) => each.charCodeAt(0));
}

/** All doors of a relay. `R` is the room behind a door. */
export class Doors<R> {
  readonly #rooms = new Map<string, R>();

  /** Doors open. */
  get size(): number {
    return this.#rooms.size;
  }

  /** The room behind a door. */
  find(doorId: Uint8Array): R | undefined {
    return this.#rooms.get(idKey(doorId));
  }

  /** Opens a door to `room`; false when the door leads somewhere already. */
  add(doorId: Uint8Array, room: R): boolean {
    const key = idKey(doorId);
    if (this.#rooms.has(key)) return false;
    this.#rooms.set(key, room);
    return true;
  }

  /** Closes a door of `room`; false when it was not one. */
  drop(doorKey: string, room: R): boolean {
    if (this.#rooms.get(doorKey) !== room) return false;
    return this.#rooms.delete(doorKey);
  }
}
