/** What a line means that was sent off: talk, or a slash command. @module */
import type { SessionEvent } from "../../client/events.ts";
import { type DeskAction, deskAnswer, listedRoom } from "../desk_answer.ts";
import { failureOf } from "../failure.ts";
import type { JoinWords } from "../join_words.ts";
import { HERE_ALREADY } from "../rooms_wording.ts";
import { readLine } from "../slash_commands.ts";
import { sentence } from "../wording.ts";
import type { FullScreen } from "./full_screen.ts";
import { commandPage } from "./overlays/help.ts";
import { IN_NO_ROOM, type RoomTab } from "./room_tab.ts";
import { readScreenCommand } from "./screen_commands.ts";
import { TextOverlay } from "./text_overlay.ts";

/** Carries lines out. */
export class LineRunner {
  readonly #app: FullScreen;

  /** For one screen. */
  constructor(app: FullScreen) {
    this.#app = app;
  }

  /** Carries out a line typed in a tab. What is refused is told there, and the text comes back. */
  run(tab: RoomTab, text: string): void {
    this.#carryOut(tab, text).catch((error) => tab.speaker.failed(error, text));
  }

  async #carryOut(tab: RoomTab, text: string): Promise<void> {
    const app = this.#app;
    const own = readScreenCommand(text);
    if (own !== null) return await app.discretion?.run(tab, own);
    const action = readLine(text, (number) => tab.model.book.id(number));
    switch (action.kind) {
      case "nothing":
        return;
      case "help":
        return app.overlays.open(new TextOverlay(commandPage(action.about, app.keyMap)));
      case "clear":
        tab.model.clear();
        return app.panes.toEnd(tab);
      case "quit":
        return await app.quit();
      case "leave":
        return await this.leave(tab);
      case "join":
        return await this.#join(tab, action.words, text);
      case "list":
      case "register":
      case "login":
        return await this.#atDesk(tab, action);
      case "rejoin":
        return void await tab.enter(await tab.ways.again());
      case "file":
      case "save": {
        const { fileCommand } = await import("../files/file_commands.ts");
        const command = await fileCommand(action, (id) => tab.model.book.fileName(id));
        return tab.speaker.carryOut(command, text);
      }
      case "session": {
        const { command } = action;
        if (command.command === "invite") tab.expect("invite");
        if (command.command === "who") tab.expect("members");
        if (command.command === "privacy" && command.typing === undefined && command.presence === undefined) {
          tab.expect("privacy");
        }
        if (command.command === "verify" && command.mark === undefined) tab.expect("safety");
        return tab.speaker.carryOut(command, text);
      }
    }
  }

  /** Leaves a tab's room; the tab goes with it, unless it is the only one. */
  async leave(tab: RoomTab): Promise<void> {
    if (!tab.empty) await tab.leave({ ending: false });
    else if (this.#app.tabs.count < 2) tab.model.tell("You are in no room.");
    if (this.#app.tabs.count > 1) this.#app.rooms.close(tab);
    else tab.model.tell(IN_NO_ROOM);
  }

  /** Enters one more room; where one is in none, the tab is used. */
  async #join(tab: RoomTab, typed: JoinWords, text: string): Promise<void> {
    const words = this.#listed(tab, typed);
    for (const other of this.#app.tabs.all) {
      if (!await other.ways.isHere(words, tab.ways.relay)) continue;
      this.#app.tabs.show(other);
      return other.model.tell(HERE_ALREADY);
    }
    if (words !== typed) tab.model.tell("Joining a public room of the relay's list.");
    const label = words === typed ? roomLabel(words) : "";
    if (tab.empty) return void await tab.enter(tab.ways.join(words));
    const ways = tab.ways.beside();
    await this.#app.rooms.open(ways, { entrance: ways.join(words), label, typed: text });
  }

  /** A room of the last list may be named by its number or its name there. */
  #listed(tab: RoomTab, words: JoinWords): JoinWords {
    const listed = listedRoom(tab.ways.desk, words);
    return listed ?? words;
  }

  /** Asks the relay over a connection apart; what is refused is told, and changes nothing. */
  async #atDesk(
    tab: RoomTab,
    action: DeskAction,
  ): Promise<void> {
    try {
      const told = (event: SessionEvent): void => tab.model.observe(event);
      const inRoom = (): boolean => tab.seat.session !== null;
      tab.model.tell(await deskAnswer(tab.ways.desk, action, { told, inRoom }));
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      tab.model.tell(sentence(failure.message), "problem");
    }
  }
}

/** A room that is entered by its name is called by it; codes and links are no names. */
export function roomLabel({ code }: JoinWords): string {
  return /^\d|:\/\//.test(code) || code.length > 32 ? "" : code;
}
