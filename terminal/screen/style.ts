/** What can be drawn: text in roles, never in colours. A theme knows which colour a role has. @module */

/** A colour for nicknames; which one somebody has is not the theme's affair. */
export type NickRole = "nick0" | "nick1" | "nick2" | "nick3" | "nick4" | "nick5" | "nick6" | "nick7";

/** What a piece of text is, as far as colour goes. */
export type ColourRole =
  | "text"
  | "dim"
  | "accent"
  | "good"
  | "warn"
  | "bad"
  | "me"
  | "mention"
  | "code"
  | "quote"
  | "border"
  | "selected"
  | "unread"
  | "paper" // as a background: black on white in every theme that has colours, for QR codes
  | NickRole;

/** How many colours there are for nicknames. */
export const NICK_COLOURS = 8;

/** How text looks. */
export interface Style {
  fg?: ColourRole;
  bg?: ColourRole;
  bold?: boolean;
  italic?: boolean;
  underline?: boolean;
  strike?: boolean;
  inverse?: boolean;
  /** Where a click leads; used only where the terminal is known to take it, and only for http(s). */
  link?: string;
}

/** Text in one style; it has been sanitised and holds no line break. */
export interface Span {
  text: string;
  style?: Style;
}

/** A part of a row: painted at its own column, cut or padded to its width. */
export interface Segment {
  /** First column, from 0. */
  column: number;
  width: number;
  spans: Span[];
}

/** One row of the screen. What no segment covers is blank; where two overlap, the later one is seen. */
export type Row = Segment[];

/** A whole screen. Rows that are missing are blank; rows too many are not drawn. */
export interface Frame {
  rows: Row[];
  /** Where the cursor stands, from 0; null hides it. */
  cursor: { row: number; column: number } | null;
  /** The window's title. */
  title?: string;
}

/** Columns and rows of a terminal. */
export interface Size {
  columns: number;
  rows: number;
}
