/** The ways of one tab: its own relay, and the desk there. @module */
import type { Entrances } from "../entrances.ts";
import type { JoinWords } from "../join_words.ts";
import { RelayDesk } from "../relay_desk.ts";
import type { Entrance } from "../seat.ts";
import type { WaysIn } from "./ways_in.ts";

/** What a tab needs of its {@linkcode Entrances}. */
export class TabWays implements WaysIn {
  readonly desk: RelayDesk;
  readonly #entrances: Entrances;

  /** Ways by `entrances`, which belong to this tab alone. */
  constructor(entrances: Entrances) {
    this.#entrances = entrances;
    this.desk = new RelayDesk(entrances.access);
  }

  /** The relay in use in this tab. */
  get relay(): string {
    return this.#entrances.relay;
  }

  /** Whether others need a file for `--ca` to reach it. */
  get needsCa(): boolean {
    return this.#entrances.needsCa;
  }

  /** @inheritdoc */
  beside(): TabWays {
    return new TabWays(this.#entrances.beside());
  }

  /** @inheritdoc */
  join(words: JoinWords): Entrance {
    return this.#entrances.join(words);
  }

  /** @inheritdoc */
  isHere(words: JoinWords, relay: string): Promise<boolean> {
    return this.#entrances.isHere(words, relay);
  }

  /** @inheritdoc */
  again(): Promise<Entrance> {
    return this.#entrances.again();
  }

  /** @inheritdoc */
  byName(): Entrance | null {
    return this.#entrances.byName();
  }
}
