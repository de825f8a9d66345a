/** The doors whose secrets this member holds. @module */
import { toHex } from "../crypto/bytes.ts";
import { disposeDoor, type Door, doorCommitment, type DoorKind } from "../crypto/doors.ts";

/** Owner of door secrets. */
export class DoorRing {
  #doors: Door[];

  /** Takes over `doors`. */
  constructor(doors: Door[]) {
    this.#doors = doors;
  }

  /** All doors held. */
  get all(): readonly Door[] {
    return this.#doors;
  }

  /** The door of this kind, of those that the room's state still has. */
  find(kind: DoorKind, open: ReadonlySet<string> | null): Door | undefined {
    return this.#doors.findLast((door) =>
      door.kind === kind && (open?.has(toHex(doorCommitment(door))) ?? false)
    );
  }

  /** Adds a door unless it is held already. */
  add(door: Door): void {
    const commitment = toHex(doorCommitment(door));
    if (this.#doors.some((known) => toHex(doorCommitment(known)) === commitment)) disposeDoor(door);
    else this.#doors.push(door);
  }

  /** Wipes the doors that the room's state no longer has; gives which those were. */
  prune(open: ReadonlySet<string>): Pick<Door, "kind" | "doorId">[] {
    const shut = this.#doors.filter((door) => !open.has(toHex(doorCommitment(door))));
    this.#doors = this.#doors.filter((door) => !shut.includes(door));
    return shut.map((door) => {
      const { kind, doorId } = door;
      disposeDoor(door);
      return { kind, doorId };
    });
  }

  /** Wipes all. */
  dispose(): void {
    for (const door of this.#doors.splice(0)) disposeDoor(door);
  }
}
