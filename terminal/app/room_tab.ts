/** One room on the full screen: its place, what is under way there, what was said, what is being written. @module */
import type { RoomSession } from "../../client/commands.ts";
import type { Ending, SessionEvent } from "../../client/events.ts";
import type { Clock } from "../../client/options.ts";
import { ConnectionNotes } from "../connection_notes.ts";
import { failureOf } from "../failure.ts";
import { isSpeech } from "../own_wording.ts";
import { relayPlace } from "../relay_url.ts";
import { type News, RoomModel } from "../room/room_model.ts";
import { type Entrance, Seat } from "../seat.ts";
import { SlowWait } from "../slow_wait.ts";
import { UnderWay } from "../under_way.ts";
import { sentence } from "../wording.ts";
import { foundedText } from "./answer_pages.ts";
import { ALL_COMMANDS } from "./overlays/help.ts";
import { Speaker } from "./speaker.ts";
import { TabComposer } from "./tab_composer.ts";
import type { WaysIn } from "./ways_in.ts";

/** What a tab tells the screen. */
export interface TabHooks {
  /** Something looks different now. */
  changed: () => void;
  /** So it does because of what was heard: that may be seen a little later. */
  heard: () => void;
  /** Something may deserve attention. */
  news: (news: News) => void;
  /** Codes, members or safety words have been asked for: they have a window of their own. */
  answer: (event: AnswerEvent) => void;
  /** A text has been finished. */
  send: (tab: RoomTab, text: string) => void;
  /** The tab has entered a room. */
  entered?: (session: RoomSession) => void;
  /** Asks for a yes. */
  confirm: (question: string, yes: () => void) => void;
  /** What is no refusal but a fault of the program. */
  fault: (error: unknown) => void;
}

/** Events that answer a question and are no part of the talk. */
export type AnswerEvent = Extract<SessionEvent, { type: "invite" | "members" | "safety" | "privacy" }>;

/** What a {@linkcode RoomTab} is given. */
export interface RoomTabOptions {
  /** Ways into rooms, for this tab alone. */
  ways: WaysIn;
  /** What the room is called before more is known. */
  label: string;
  /** Time. */
  clock: Clock;
  /** After how long without a connection the session ends, in milliseconds; never, when left out. */
  giveUpMs?: number | undefined;
  hooks: TabHooks;
}

/** How often one gives way to an older room of the same name. */
const MAX_MOVES = 3;
/** What is said where there is no room. */
export const IN_NO_ROOM = "You are in no room now: /join <code>, /rejoin, or /quit.";

/** A room and its draft. */
export class RoomTab {
  /** What is being written. */
  readonly composer: TabComposer;
  /** What was said and who is there. */
  readonly model: RoomModel;
  /** Session, or the way to one. */
  readonly seat: Seat;
  /** What is not done yet. */
  readonly underWay: UnderWay;
  /** Carries out what is said. */
  readonly speaker: Speaker;
  /** Ways into rooms. */
  readonly ways: WaysIn;
  /** How the session ended that was here last; null while there is one. */
  ending: Ending | null = null;
  readonly #options: RoomTabOptions;
  readonly #notes: ConnectionNotes;
  readonly #wait: SlowWait;
  #label: string;
  #moves = 0;
  #closed = false;
  #asked = new Set<AnswerEvent["type"]>();

  /** An empty tab; {@linkcode RoomTab.enter} leads it into a room. */
  constructor(options: RoomTabOptions) {
    const { clock, hooks, ways } = this.#options = options;
    this.#label = options.label;
    this.ways = ways;
    this.model = new RoomModel({
      now: () => clock.now(),
      onChange: hooks.heard,
      onNews: hooks.news,
      relay: () => relayPlace(this.ways.relay),
    });
    this.seat = new Seat({
      onEvent: (event) => this.#onEvent(event),
      onEnded: (ending) => this.#onEnded(ending),
    });
    this.underWay = new UnderWay(clock);
    this.#notes = new ConnectionNotes({
      clock,
      say: (text) => this.model.tell(text),
      underWay: this.underWay,
      giveUpMs: options.giveUpMs,
    });
    this.#wait = new SlowWait({
      clock,
      underWay: this.underWay,
      notes: this.#notes,
      say: (text) => this.model.tell(text),
    });
    this.composer = new TabComposer({
      send: (text) => hooks.send(this, text),
      confirm: hooks.confirm,
      problem: (text) => this.model.tell(text, "problem"),
      words: () => ({
        commands: ALL_COMMANDS,
        rooms: ways.desk.listed,
        nicks: this.model.members.filter(({ me }) => !me).map(({ nick }) => nick),
      }),
      changed: hooks.changed,
    });
    this.speaker = new Speaker({
      seat: this.seat,
      model: this.model,
      underWay: this.underWay,
      notes: this.#notes,
      putBack: (text) => this.composer.putBack(text),
      fault: hooks.fault,
    });
  }

  /** What the room is called. */
  get label(): string {
    return this.#label;
  }

  /** Whether there is neither a session nor a way to one. */
  get empty(): boolean {
    return this.seat.session === null && !this.seat.entering;
  }

  /** The next answer of this kind is shown in a window. */
  expect(type: AnswerEvent["type"]): void {
    this.#asked.add(type);
  }

  /**
   * Goes through an entrance, leaving the room that one is in.
   *
   * @returns Why it did not lead in; null when it did, or when the user gave up on the way.
   */
  async enter(entrance: Entrance): Promise<{ message: string; status: number } | null> {
    try {
      if (this.seat.session !== null) await this.#wait.drain({ ending: false });
      if (this.#closed) return null;
      this.ending = null;
      await this.seat.enter(entrance);
      if (this.seat.session !== null) this.#options.hooks.entered?.(this.seat.session);
      return null;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.model.tell(sentence(failure.message), "problem");
      this.model.tell(IN_NO_ROOM);
      return failure;
    } finally {
      this.#options.hooks.changed();
    }
  }

  /**
   * Waits until what has been said is sent, and leaves in order. Says so when that takes its time.
   *
   * @param options.ending Whether all rooms are being left.
   */
  async leave(options: { ending: boolean }): Promise<Ending | null> {
    await this.#wait.drain(options);
    this.#wait.begin(options);
    try {
      const ending = await this.seat.leave();
      return ending ?? this.ending;
    } finally {
      this.#wait.stop();
      this.#options.hooks.changed();
    }
  }

  /** Tells the others that something is being written, or no longer is. */
  typing(): void {
    const { session } = this.seat;
    const { text } = this.composer.text;
    if (session === null || this.underWay.offline) return;
    const on = text !== "" && (isSpeech(text) || !text.startsWith("/"));
    session.run({ command: "typing", on }).catch(() => {}); // of no weight: not worth a word
  }

  /** Ends at once. */
  async abort(): Promise<void> {
    await this.seat.abort();
  }

  /** Nothing is told or waited for any more. */
  close(): void {
    this.#closed = true;
    this.#wait.stop();
    this.#notes.dispose();
    this.underWay.stop();
  }

  /** Drops what was said and what is being written. */
  wipe(): void {
    this.close();
    this.model.wipe();
    this.composer.wipe();
    this.#label = "";
  }

  #onEvent(event: SessionEvent): void {
    if (this.#closed) return;
    this.underWay.observe(event);
    this.#notes.observe(event);
    const asked = isAnswer(event) && this.#asked.delete(event.type);
    // What stands in a window need not be told once more.
    if (!asked || event.type !== "privacy") this.model.observe(event);
    if (event.type === "invite" && event.name !== null) this.#label = event.name;
    if (isAnswer(event)) {
      if (asked) this.#options.hooks.answer(event);
      else if (event.type === "invite") this.model.tell(foundedText(event, this));
    }
    this.#options.hooks.heard();
  }

  /** A founder that was alone gives way to the room that had its name before, a few times at most. */
  #onEnded(ending: Ending): void {
    const older = ending.code === "older_room" && this.#moves++ < MAX_MOVES ? this.ways.byName() : null;
    if (this.#closed) return;
    if (older !== null) {
      this.enter(older).catch(this.#options.hooks.fault);
      return;
    }
    this.ending = ending;
    this.model.tell(IN_NO_ROOM);
    this.#options.hooks.changed();
  }
}

function isAnswer(event: SessionEvent): event is AnswerEvent {
  return event.type === "invite" || event.type === "members" || event.type === "safety" ||
    event.type === "privacy";
}
