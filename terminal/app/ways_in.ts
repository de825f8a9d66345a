/** The ways into one room after another: what a tab needs of `Entrances`. @module */
import type { JoinWords } from "../join_words.ts";
import type { RelayDesk } from "../relay_desk.ts";
import type { Entrance } from "../seat.ts";

/** Makes entrances, and remembers how the last room was entered. Every tab has its own. */
export interface WaysIn {
  /** The relay in use. */
  readonly relay: string;
  /** Whether others need a file for `--ca` to reach it. @default false */
  readonly needsCa?: boolean;
  /** Public rooms and accounts of the relay in use. */
  readonly desk: Pick<RelayDesk, "list" | "listed" | "login" | "register" | "invite" | "place">;
  /** Ways for one more tab: they begin at the relay in use here. */
  beside(): WaysIn;
  /** The way in by code, or by name and password. */
  join(words: JoinWords): Entrance;
  /** Whether these words, typed at a relay, lead into the room that one is in. */
  isHere(words: JoinWords, relay: string): Promise<boolean>;
  /** The way back into the room that one is in, or was in last. */
  again(): Promise<Entrance>;
  /** The way into an older room of the same name, which has come back; null when there is none. */
  byName(): Entrance | null;
}
