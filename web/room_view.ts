/** A room in the page. @module */
import { ClientError, type Ending, type SessionCommand, type SessionEvent } from "../client/mod.ts";
import { failureOf } from "../terminal/failure.ts";
import type { MessageEntry } from "../terminal/room/entries.ts";
import type { Presence } from "../terminal/room/presence.ts";
import { sanitize, sanitizeName } from "../terminal/sanitize.ts";
import { sentence } from "../terminal/wording.ts";
import { AlarmView } from "./alarm_view.ts";
import { type Aim, aimed, ComposerView } from "./composer_view.ts";
import { ask, openWindow, showHelp, showInvite, showPair, showSafety } from "./dialogs.ts";
import { button, el, setText } from "./dom.ts";
import { download, sinkOf, sourceOf } from "./files.ts";
import { runLine } from "./line_runner.ts";
import { LinkLine } from "./link_line.ts";
import { LogView } from "./log_view.ts";
import { PeopleView } from "./people_view.ts";
import { Speaker } from "./speaker.ts";
import type { Visit } from "./visit.ts";

/** What a room's page is given. */
export interface RoomViewOptions {
  visit: Visit;
  /** Whether a relay serves the page, so that links may lead to it. */
  served: boolean;
  leave: () => void;
  burn: () => void;
}

/** Emoji that are offered for a reaction. */
const REACTIONS = ["👍", "❤️", "😂", "🎉", "😮", "😢", "✅", "👀"];

/** What others would see: nothing of it goes out while there is a warning that nobody has read. */
const SAYS: readonly SessionCommand["command"][] = ["send", "me", "msg", "reply", "edit", "react", "file"];

/** The page of a room. */
export class RoomView {
  readonly node: HTMLElement;
  readonly #options: RoomViewOptions;
  readonly #speaker: Speaker;
  readonly #log: LogView;
  readonly #people = new PeopleView((member) => this.#openPair(member));
  readonly #composer: ComposerView;
  readonly #link = new LinkLine(() => this.#run({ command: "reconnect" }));
  readonly #alarms: AlarmView;
  readonly #title = el("h1", {});
  readonly #trust: HTMLButtonElement;
  readonly #peopleButton: HTMLButtonElement;
  readonly #typing = el("p", { class: "typing", attributes: { "aria-live": "off" } });
  /** Whether the codes have been asked for. */
  #asked = false;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;

  /** Lays it out for a visit that has a session. */
  constructor(options: RoomViewOptions) {
    this.#options = options;
    const { visit } = options;
    const { model, session } = visit;
    if (session === null) throw new TypeError("Cannot show a room: there is no session");
    this.#composer = new ComposerView({
      send: (text, aim) => this.#send(text, aim),
      typing: (on) => void session.run({ command: "typing", on }).catch(() => {}),
      file: (file) => this.#run({ command: "file", source: sourceOf(file) }),
    });
    this.#speaker = new Speaker({ session, model, putBack: (text) => this.#composer.putBack(text) });
    this.#log = new LogView(model, {
      reply: (entry) => this.#composer.aimAt({ kind: "reply", entry }),
      edit: (entry) => this.#composer.aimAt({ kind: "edit", entry }),
      react: (entry) => this.#react(entry),
      remove: (entry) => this.#remove(entry),
      save: (entry) => this.#save(entry.id ?? ""),
      reveal: (entry) => model.reveal(entry.key),
    });
    this.#alarms = new AlarmView(model, () => this.#composer.focus());
    this.#trust = button("", () => showSafety(model, (member) => this.#openPair(member)), {
      class: "quiet trusted",
    });
    this.#peopleButton = button("People", () => this.#togglePeople(), {
      attributes: { "aria-expanded": "false" },
    });
    this.node = el(
      "div",
      { class: "room" },
      el(
        "header",
        { class: "top" },
        el("div", { class: "title" }, this.#title, this.#link.node, this.#trust),
        el(
          "div",
          { class: "row buttons" },
          button("Invite", () => this.#run({ command: "invite" })),
          this.#peopleButton,
          button("Leave", options.leave),
          button("Burn", () =>
            ask(
              "Wipe the keys and all that was said from this page at once, and leave? What others have, they keep.",
              "Burn",
              options.burn,
            ), { class: "danger" }),
        ),
      ),
      this.#alarms.node,
      el("div", { class: "middle" }, this.#log.node, this.#people.node),
      this.#typing,
      this.#composer.node,
    );
    this.update();
    this.#composer.focus();
  }

  /** Shows what has changed. */
  update(): void {
    const { model } = this.#options.visit;
    setText(this.#title, model.topic === "" ? "Sotto room" : sanitize(model.topic));
    this.#link.update(model);
    setText(this.#trust, trustText(model.trust.level, model.trust.unverified.length));
    this.#trust.dataset.level = model.trust.level;
    setText(this.#peopleButton, `People (${model.members.length})`);
    this.#people.update(model.members);
    this.#log.update();
    this.#alarms.update();
    // What is written waits until an alarm has been read; after the end there is nobody to read it.
    this.#composer.hold(model.trust.alarms.length > 0 || model.connection.state === "over");
    this.#updateTyping();
  }

  /** The room's codes: shown where they were asked for, or after founding it; otherwise told of, as somebody may look on. */
  invited(event: Extract<SessionEvent, { type: "invite" }>, founded = false): void {
    if (!this.#asked && !founded) {
      return this.#options.visit.model.tell("The codes of the room have changed: Invite shows the new ones.");
    }
    this.#asked = false;
    showInvite(event, this.#options.served);
  }

  /** The session has ended by itself: what was said stays to be read. */
  ended(ending: Ending): void {
    this.update();
    openWindow(
      "You are no longer in the room",
      el("p", { text: sentence(sanitize(ending.message)) }),
      el("p", { class: "soft", text: "What was said stays on this page until you leave it." }),
    );
  }

  /** Forgets what it shows. */
  wipe(): void {
    clearTimeout(this.#typingTimer);
    this.#log.clear();
    this.#composer.wipe();
    this.#link.stop();
    this.node.replaceChildren();
  }

  #send(text: string, aim: Aim | null): void {
    if (aim !== null && (!text.startsWith("/") || text.startsWith("//"))) {
      return this.#run(aimed(text.startsWith("//") ? text.slice(1) : text, aim), text);
    }
    const { visit, leave, burn } = this.#options;
    try {
      runLine(text, {
        model: visit.model,
        run: (command, typed) => this.#run(command, typed),
        leave,
        burn,
        help: showHelp,
        pickFile: () => this.#composer.pickFile(),
        save: (id) => this.#save(id),
      });
    } catch (error) {
      this.#speaker.failed(error, text);
    }
  }

  #run(command: SessionCommand, typed = ""): void {
    const { model } = this.#options.visit;
    if (model.trust.alarms.length > 0 && SAYS.includes(command.command)) {
      this.#composer.putBack(typed);
      return model.tell("Nothing was sent: read the warning first.", "problem");
    }
    if (command.command === "who") return this.#togglePeople(true);
    if (command.command === "verify" && command.mark === undefined) {
      const member = command.member === undefined ? undefined : model.member(command.member);
      if (command.member === undefined) return showSafety(model, (other) => this.#openPair(other));
      if (member !== undefined && !member.me) return this.#openPair(member);
    }
    if (command.command === "invite") this.#asked = true;
    void this.#speaker.carryOut(command, typed);
    this.#log.toEnd();
  }

  /** Asks for the words of a pair, and shows them. */
  #openPair(member: Presence): void {
    const { visit } = this.#options;
    visit.session?.run({ command: "verify", member: member.id }).then(
      () => {
        const words = visit.model.trust.memberWords.get(member.id);
        if (words === undefined) return;
        showPair(member, words, (same) => this.#run({ command: "verify", member: member.id, mark: same }));
      },
      (error) => this.#speaker.failed(error, ""),
    );
  }

  #react(entry: MessageEntry): void {
    const id = entry.id ?? "";
    const close = openWindow(
      `React to #${entry.number}`,
      el(
        "p",
        { class: "row" },
        ...REACTIONS.map((emoji) =>
          button(emoji, () => {
            close();
            this.#run({ command: "react", id, emoji });
          }, { class: "emoji" })
        ),
        button("Take back", () => {
          close();
          this.#run({ command: "react", id, emoji: "" });
        }),
      ),
    );
  }

  #remove(entry: MessageEntry): void {
    ask(
      `Take back #${entry.number}? Members whose program honours it no longer show it.`,
      "Delete",
      () => this.#run({ command: "delete", id: entry.id ?? "" }),
    );
  }

  #save(id: string): void {
    const { model } = this.#options.visit;
    const name = model.book.fileName(id);
    if (name === undefined) {
      return model.tell("Cannot save that: the message offers no file.", "problem");
    }
    try {
      this.#run({ command: "save", id, sink: sinkOf(name, download) });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      model.tell(sentence(failureOf(error)?.message ?? ""), "problem");
    }
  }

  #togglePeople(open = !this.#people.node.classList.contains("open")): void {
    this.#people.node.classList.toggle("open", open);
    this.#peopleButton.setAttribute("aria-expanded", String(open));
  }

  #updateTyping(): void {
    const { model } = this.#options.visit;
    const names = model.typing.map(sanitizeName);
    const shown = names.length > 3
      ? "Several people are typing…"
      : `${names.join(", ")} ${names.length === 1 ? "is" : "are"} typing…`;
    setText(this.#typing, names.length === 0 ? "" : shown);
    clearTimeout(this.#typingTimer);
    const until = model.typingUntil;
    if (until === null) return;
    this.#typingTimer = setTimeout(() => this.#updateTyping(), Math.max(50, until - Date.now()));
  }
}

function trustText(level: string, unverified: number): string {
  switch (level) {
    case "alarm":
      return "⚠ Warning: read it first";
    case "changed":
      return "⚠ Somebody new, not verified";
    case "verified":
      return "Encrypted, all verified ✓";
    case "alone":
      return "Encrypted";
  }
  return `Encrypted, ${unverified} not verified`;
}
