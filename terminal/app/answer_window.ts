/** The window for an answer: codes, members, safety words, privacy. What draws them is only loaded when it is needed. @module */
import type { SessionCommand } from "../../client/commands.ts";
import { answerPage, waysOf } from "./answer_pages.ts";
import { copySequence } from "./clipboard.ts";
import type { FullScreen } from "./full_screen.ts";
import type { Overlay } from "./overlay.ts";
import type { AnswerEvent, RoomTab } from "./room_tab.ts";
import { TextOverlay } from "./text_overlay.ts";

/** Makes the window that answers a question asked in a tab. */
export async function answerWindow(app: FullScreen, tab: RoomTab, event: AnswerEvent): Promise<Overlay> {
  const abilities = app.qrAbilities;
  switch (event.type) {
    case "invite": {
      const { InviteOverlay } = await import("./overlays/invite.ts");
      const copy = (text: string): boolean => {
        const sequence = copySequence(text);
        if (sequence !== null) app.writeAside(sequence);
        return sequence !== null;
      };
      return new InviteOverlay({ event, ...waysOf(tab), abilities, copy });
    }
    case "safety": {
      const { VerifyOverlay } = await import("./overlays/verify.ts");
      const { member: id, nick, words } = event;
      const verified = id !== null && tab.model.member(id)?.verified === true;
      return new VerifyOverlay({
        member: id === null ? null : { nick: nick ?? "", verified },
        words,
        abilities,
        mark: (mark) => {
          if (id !== null) carryOut(tab, { command: "verify", member: id, mark });
        },
      });
    }
    case "privacy": {
      const { PrivacyOverlay } = await import("./overlays/privacy.ts");
      return new PrivacyOverlay(event, (change) => carryOut(tab, { command: "privacy", ...change }));
    }
    case "members":
      return new TextOverlay(answerPage(event, tab));
  }
}

/** What cannot be done, since the room has ended meanwhile, is told in its tab. */
function carryOut(tab: RoomTab, command: SessionCommand): void {
  try {
    tab.speaker.carryOut(command, "");
  } catch (error) {
    tab.speaker.failed(error, "");
  }
}
