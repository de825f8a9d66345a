/** What is shown to who asked for codes, members or safety words. @module */
import { colours } from "../colour.ts";
import { type DrawQr, invitePage } from "../invite_page.ts";
import { wording } from "../wording.ts";
import type { AnswerEvent, RoomTab } from "./room_tab.ts";
import type { TextPage } from "./text_overlay.ts";

const NO_COLOUR = colours(false);
const TITLES: Readonly<Record<AnswerEvent["type"], string>> = {
  invite: "Invite",
  members: "Members",
  safety: "Safety words",
  privacy: "Privacy",
};

/** Lays out an answer; codes without a QR unless it can be drawn. */
export function answerPage(
  event: AnswerEvent,
  tab: Pick<RoomTab, "model" | "ways">,
  { drawQr = null, columns = 80 }: { drawQr?: DrawQr | null; columns?: number } = {},
): TextPage {
  const context = { book: tab.model.book, colour: NO_COLOUR };
  const text = event.type === "invite"
    ? invitePage(event, { ...waysOf(tab), colour: NO_COLOUR, columns, drawQr })
    : wording(event, context) ?? "";
  const lines = text.split("\n").map((line) => [{ text: line.replace(/^-- /, "") }]);
  return { title: TITLES[event.type], lines };
}

/** What whoever founds a room is told: a link that is wrapped cannot be copied, so it is left to the window. */
export function foundedText(
  event: Extract<AnswerEvent, { type: "invite" }>,
  tab: Pick<RoomTab, "ways">,
): string {
  const lines = invitePage(event, { ...waysOf(tab), colour: NO_COLOUR, columns: 80, drawQr: null }).split(
    "\n",
  );
  return [
    "To let others in, /invite shows a link and a QR code. Pass them on by a way that you trust.",
    ...lines.slice(1).filter((line) => !line.includes(event.invite)).map((line) => line.replace(/^-- /, "")),
  ].join("\n");
}

/** What others need to know of the relay. */
export function waysOf({ ways }: Pick<RoomTab, "ways">): { relay: string; needsCa: boolean } {
  return { relay: ways.relay, needsCa: ways.needsCa === true };
}
