/** Windows over the page: codes, safety words, help, a question. @module */
import type { SessionEvent } from "../client/mod.ts";
import type { Presence } from "../terminal/room/presence.ts";
import type { RoomModel } from "../terminal/room/room_model.ts";
import { sanitizeName } from "../terminal/sanitize.ts";
import { webLink } from "./address.ts";
import { button, type Child, el, PRIVATE } from "./dom.ts";
import { factsOf, nameOf } from "./people_view.ts";
import { qrPicture } from "./qr.ts";

/** Opens a window; it goes from the page when it is closed. @returns What closes it. */
export function openWindow(title: string, ...children: Child[]): () => void {
  const close = (): void => window.close();
  const window = el(
    "dialog",
    { attributes: { "aria-label": title } },
    el("header", {}, el("h2", { text: title }), button("Close", close, { class: "quiet" })),
    ...children,
  );
  window.addEventListener("close", () => window.remove());
  document.body.append(window);
  window.showModal();
  return close;
}

/** Closes all windows: what stands in them goes. */
export function closeWindows(): void {
  for (const window of document.querySelectorAll("dialog")) window.remove();
}

/** Asks for a yes. */
export function ask(question: string, yes: string, run: () => void): void {
  const close = openWindow(
    yes,
    el("p", { text: question }),
    el(
      "p",
      { class: "row" },
      button(yes, () => {
        close();
        run();
      }, { class: "strong" }),
      button("Cancel", () => close()),
    ),
  );
}

/** A text to copy, with a button that does. */
function copyable(label: string, text: string): HTMLElement {
  const input = el("input", {
    attributes: { ...PRIVATE, readonly: "", "aria-label": label, value: text, class: "code" },
  });
  const copy = button("Copy", () => {
    input.select();
    navigator.clipboard.writeText(text).then(
      () => copy.textContent = "Copied",
      () => copy.textContent = "Press Ctrl-C",
    );
  }, { attributes: { "aria-label": `Copy: ${label}` } });
  return el("div", { class: "field" }, el("span", { text: label }), el("div", { class: "row" }, input, copy));
}

/** A code to say aloud: all of it can be seen. */
function sayable(code: string): HTMLElement {
  return el(
    "div",
    { class: "field" },
    el("span", { text: "Code to say aloud" }),
    el("p", { class: "words", text: code }),
  );
}

/** Shows the ways into the room. */
export function showInvite(event: Extract<SessionEvent, { type: "invite" }>, served: boolean): void {
  const { invite, code, name } = event;
  openWindow(
    "Let others in",
    el("p", {
      text:
        "Whoever has one of these can come in. Pass them on by a way that you trust, and compare safety words " +
        "when they are here.",
    }),
    copyable("Invite link, for the terminal and the browser", invite),
    served ? copyable("The same, opening the browser page at once", webLink(invite)) : null,
    el("p", {
      class: "soft",
      text:
        "A link that is opened stays in the history of that browser; one that is pasted into this page does not.",
    }),
    el(
      "details",
      {},
      el("summary", { text: "Show it to a phone" }),
      qrPicture(invite, "The invite link as a QR code"),
    ),
    code === null ? null : sayable(code),
    name === null ? null : copyable("Name of the room", name),
  );
}

/** Shows the safety words of the room, and whom one has compared them with. */
export function showSafety(model: RoomModel, open: (member: Presence) => void): void {
  const others = model.members.filter(({ me }) => !me);
  openWindow(
    "Safety words",
    el("p", {
      text:
        "Everybody in the room should see the same words. Read them to each other in a call or face to face. They " +
        "change whenever somebody comes or goes.",
    }),
    el("p", { class: "words", text: model.trust.words ?? "There are none yet." }),
    others.length === 0 ? null : el("h3", { text: "With one member" }),
    el(
      "ul",
      { class: "plain" },
      ...others.map((member) => {
        const choose = button("", () => {
          closeWindows();
          open(member);
        }, { class: "person" });
        choose.append(nameOf(member), el("small", { text: factsOf(member) }));
        return el("li", {}, choose);
      }),
    ),
  );
}

/** Shows the words of a pair; `mark` says that they are the same, or no longer count. */
export function showPair(member: Presence, words: string, mark: (same: boolean) => void): void {
  const name = sanitizeName(member.nick);
  const close = openWindow(
    `Safety words with ${name}`,
    el("p", {
      text:
        `Both of you should see the same twelve words. Read them to each other in a call or face to face: if they ` +
        `are the same, nobody stands between you and ${name}.`,
    }),
    el("p", { class: "words", text: words }),
    el(
      "p",
      { class: "row" },
      button("They are the same", () => {
        close();
        mark(true);
      }, { class: "strong" }),
      member.verified
        ? button("No longer verified", () => {
          close();
          mark(false);
        })
        : null,
    ),
    el("p", {
      class: "soft",
      text:
        `If they differ, somebody is between you, or this is not the ${name} you think: say nothing that matters.`,
    }),
  );
}

/** Shows commands, each with what it does. */
export function showHelp(text: string): void {
  const rows = text.split("\n").map((line) => {
    const [, typed, does] = /^\s*(\/.*?): (.*)$/.exec(line) ?? [];
    return typed === undefined
      ? el("p", { text: line })
      : el("p", {}, el("code", { text: typed }), ` ${does}`);
  });
  openWindow("Commands", el("div", { class: "help" }, ...rows));
}
