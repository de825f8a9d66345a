/** Who is here: one row a member, with signs for role, connection and verification. @module */
import type { Presence } from "../room/presence.ts";
import { sanitize, sanitizeName } from "../sanitize.ts";
import type { Row, Span } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import type { Signs } from "./signs.ts";
import { fit, fitText, nickRole, row, span, spansWidth } from "./spans.ts";

/** Draws the members, and scrolls when they are many. */
export class MemberPane {
  readonly #signs: Signs;
  #top = 0;

  /** A pane at its top. */
  constructor(options: { signs: Signs }) {
    this.#signs = options.signs;
  }

  /** Moves by members: up when negative. What is too far is taken back at the next drawing. */
  scroll(by: number): void {
    this.#top = Math.max(0, this.#top + by);
  }

  /**
   * Draws.
   *
   * @param members In the order in which they are to be shown.
   * @returns At most `rows` rows: a head, members, and how many more there are.
   */
  render(members: readonly Presence[], size: { columns: number; rows: number }): Row[] {
    const { columns, rows } = size;
    if (rows <= 0 || columns <= 0) return [];
    const edge = span(`${this.#signs.between} `, "border");
    const width = columns - spansWidth([edge]);
    const line = (spans: readonly Span[]): Row => row(columns, [edge, ...fit(spans, Math.max(0, width))]);
    const out = [line([span(`${members.length} here`, "accent", { bold: true })])];
    const space = rows - 1;
    const long = members.length > space;
    const shown = Math.max(0, long ? space - 1 : space);
    this.#top = Math.max(0, Math.min(this.#top, members.length - shown));
    for (const member of members.slice(this.#top, this.#top + shown)) {
      out.push(line(this.#member(member, width)));
    }
    if (long && space > 0) {
      const below = members.length - this.#top - shown;
      const text = [this.#top > 0 ? `${this.#top} above` : "", below > 0 ? `${below} more` : ""];
      out.push(line([span(text.filter((part) => part !== "").join(", "), "dim")]));
    }
    while (out.length < rows) out.push(line([]));
    return out;
  }

  #member(member: Presence, width: number): Span[] {
    const { signs, look } = stateOf(member, this.#signs);
    const marks = (member.operator ? this.#signs.operator : "") +
      (member.verified ? this.#signs.verified : "");
    const lead = `${signs} `;
    const whole = sanitizeName(member.nick);
    const room = width - widthOf(lead) - (marks === "" ? 0 : 1 + widthOf(marks)) - widthOf(whole);
    const tail = (marks === "" ? "" : ` ${marks}`) + (member.me ? room >= 6 ? " (you)" : " you" : "");
    const space = Math.max(1, width - widthOf(lead) - widthOf(tail));
    const nick = fitText(whole, space, this.#signs.ellipsis);
    const name = span(nick, member.online || member.me ? nickOf(member) : "dim", { bold: member.me });
    const away = sanitize(member.away ?? "");
    const note = away === ""
      ? ""
      : fitText(` ${away}`, Math.max(0, space - widthOf(nick)), this.#signs.ellipsis);
    return [
      span(lead, look),
      name,
      span(tail, member.verified ? "good" : "dim"),
      ...(note === "" ? [] : [span(note, "dim")]),
    ];
  }
}

function nickOf(member: Presence): ReturnType<typeof nickRole> | "me" {
  return member.me ? "me" : nickRole(member.id);
}

function stateOf(member: Presence, signs: Signs): { signs: string; look: "good" | "warn" | "dim" } {
  if (!member.online && !member.me) return { signs: signs.offline, look: "dim" };
  if (!member.confirmed && !member.me) return { signs: signs.unconfirmed, look: "warn" };
  if (member.away !== null) return { signs: signs.away, look: "dim" };
  return { signs: signs.online, look: "good" };
}

/** What the signs of the members mean, for the help. */
export function memberLegend(signs: Signs): [sign: string, meaning: string][] {
  return [
    [signs.online, "online"],
    [signs.away, "away"],
    [signs.offline, "connection lost"],
    [signs.unconfirmed, "not yet confirmed: cannot read what you write"],
    [signs.operator, "operator"],
    [signs.verified, "you have compared safety words"],
  ];
}
