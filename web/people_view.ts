/** Who is in the room. @module */
import type { MemberRef } from "../client/mod.ts";
import { sanitize, sanitizeName } from "../terminal/sanitize.ts";
import type { Presence } from "../terminal/room/presence.ts";
import { button, el } from "./dom.ts";
import { hueOf } from "./name_colour.ts";

/** Shows the members; a press on one opens its safety words. */
export class PeopleView {
  readonly node = el("aside", { class: "people", attributes: { "aria-label": "People in this room" } });
  readonly #open: (member: Presence) => void;
  #shown = "";

  /** Shows nobody yet. */
  constructor(open: (member: Presence) => void) {
    this.#open = open;
  }

  /** Shows these. */
  update(members: readonly Presence[]): void {
    const now = JSON.stringify(members);
    if (now === this.#shown) return;
    this.#shown = now;
    const items = members.map((member) => this.#item(member));
    const focused = this.node.contains(document.activeElement) ? document.activeElement : null;
    const whose = focused instanceof HTMLElement ? focused.dataset.member : undefined;
    this.node.replaceChildren(
      el("h2", { text: members.length === 1 ? "You are alone here" : `${members.length} here` }),
      el("ul", {}, ...items),
    );
    if (whose === undefined) return; // the keyboard stays with the member it was on
    this.node.querySelector<HTMLElement>(`[data-member="${CSS.escape(whose)}"]`)?.focus();
  }

  #item(member: Presence): HTMLElement {
    const name = nameOf(member);
    const facts = el("small", { text: factsOf(member) });
    if (member.me) return el("li", {}, name, facts);
    const open = button("", () => this.#open(member), {
      class: "person",
      attributes: { "data-member": member.id },
    });
    open.append(name, facts);
    return el("li", {}, open);
  }
}

/** The name of a member in its colour. */
export function nameOf({ id, nick }: MemberRef): HTMLElement {
  const name = el("bdi", { class: "name", text: sanitizeName(nick) });
  name.style.setProperty("--hue", String(hueOf(id)));
  return name;
}

/** What is known of a member, in words. */
export function factsOf(member: Presence): string {
  const facts = [
    member.me ? "you" : null,
    member.operator ? "operator" : null,
    member.online ? null : "connection lost",
    member.confirmed || member.me ? null : "not yet confirmed",
    member.me ? null : member.verified ? "verified ✓" : "not verified",
    member.away === null ? null : member.away === "" ? "away" : `away: ${sanitize(member.away)}`,
  ];
  return facts.filter((fact) => fact !== null).join(", ");
}
