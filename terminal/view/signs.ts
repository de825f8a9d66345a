/** The signs that views draw with, and what stands in for them where only ASCII can be shown. @module */

/** Signs by what they mean; each takes the columns of its text. */
export interface Signs {
  /** Before all rows of a message but its first. */
  bar: string;
  /** Before the message that is answered. */
  answers: string;
  /** Before a quotation inside of a message. */
  quote: string;
  /** Marks a message that names us. */
  mention: string;
  /** A line across. */
  rule: string;
  more: string;
  ellipsis: string;
  to: string;
  below: string;
  /** One column that covers a spoiler. */
  cover: string;
  waiting: string;
  sending: string;
  sent: string;
  /** Before how many have it. */
  part: string;
  delivered: string;
  online: string;
  offline: string;
  away: string;
  unconfirmed: string;
  verified: string;
  operator: string;
  reconnecting: string;
  down: string;
  locked: string;
  between: string;
  prompt: string;
  left: string;
  right: string;
}

const UNICODE: Signs = {
  bar: "│",
  answers: "┌",
  quote: "▎",
  mention: "»",
  rule: "─",
  more: "+",
  ellipsis: "…",
  to: "→",
  below: "↓",
  cover: "░",
  waiting: "… waits",
  sending: "…",
  sent: "✓",
  part: "✓",
  delivered: "✓✓",
  online: "●",
  offline: "○",
  away: "◐",
  unconfirmed: "?",
  verified: "✓",
  operator: "@",
  reconnecting: "◌",
  down: "✗",
  locked: "locked",
  between: "│",
  prompt: "›",
  left: "‹",
  right: "›",
};

const ASCII: Signs = {
  bar: "|",
  answers: "/",
  quote: ">",
  mention: ">",
  rule: "-",
  more: "+",
  ellipsis: "...",
  to: "->",
  below: "v",
  cover: "#",
  waiting: "(waits)",
  sending: "(...)",
  sent: "(sent)",
  part: "got ",
  delivered: "(got)",
  online: "*",
  offline: "-",
  away: "z",
  unconfirmed: "?",
  verified: "v",
  operator: "@",
  reconnecting: "~",
  down: "x",
  locked: "locked",
  between: "|",
  prompt: ">",
  left: "<",
  right: ">",
};

/** The signs that a terminal can show. */
export function signsOf(unicode: boolean): Signs {
  return unicode ? UNICODE : ASCII;
}
