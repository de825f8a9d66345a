/**
 * The colours of the themes. Those of nicknames come from the palette of Okabe and Ito, made lighter or darker until
 * they can be read, and stay apart for people who see few colours; tests measure both.
 *
 * @module
 */
import type { ColourRole, NickRole } from "./style.ts";
import type { RoleLook } from "./theme.ts";

/** How the roles of one theme look. */
export interface Palette {
  looks: Partial<Record<ColourRole, RoleLook>>;
  grounds: Partial<Record<ColourRole, RoleLook>>;
}

type Nicks = readonly [colour: string, basic: number][];

function nickLooks(nicks: Nicks, bold = false): Partial<Record<ColourRole, RoleLook>> {
  return Object.fromEntries(
    nicks.map(([colour, basic], index) => [`nick${index}` as NickRole, { colour, basic, bold }]),
  );
}

/** Without any colour. */
export const BASE: Palette = {
  looks: {
    dim: { faint: true },
    accent: { bold: true },
    warn: { bold: true },
    bad: { bold: true, underline: true },
    me: { bold: true },
    mention: { bold: true, underline: true },
    unread: { bold: true },
  },
  grounds: {
    selected: { inverse: true },
    mention: { inverse: true },
    unread: { inverse: true },
    bad: { inverse: true, bold: true },
    warn: { inverse: true },
  },
};

/** Black on white whatever the theme: what a camera has to read. */
const PAPER: RoleLook = { colour: "#ffffff", ink: "#000000", basic: 15, inkBasic: 0 };

/** On a dark background. */
export const DARK: Palette = {
  looks: {
    dim: { colour: "#9e9e9e", faint: false, basic: 7 },
    accent: { colour: "#56b4e9", basic: 14 },
    good: { colour: "#4cc38a", basic: 10 },
    warn: { colour: "#f0b400", basic: 11, bold: true },
    bad: { colour: "#ff7b72", basic: 9, bold: true },
    me: { colour: "#9fd8ff", basic: 14, bold: true },
    mention: { colour: "#ffcf40", basic: 11, bold: true },
    code: { colour: "#d7c08a", basic: 3 },
    quote: { colour: "#a8b8c8", basic: 7 },
    border: { colour: "#7a7a7a", basic: 7 },
    selected: { bold: true },
    unread: { colour: "#56b4e9", basic: 14, bold: true },
    ...nickLooks([
      ["#56b4e9", 14],
      ["#e69f00", 11],
      ["#1fc598", 10],
      ["#f3ea78", 3],
      ["#e48fc0", 13],
      ["#ff7f50", 9],
      ["#8f9bff", 12],
      ["#d6d6d6", 7],
    ]),
  },
  grounds: {
    paper: PAPER,
    selected: { inverse: true },
    mention: { colour: "#f0c040", ink: "#000000", basic: 3, inkBasic: 0 },
    unread: { colour: "#1f4e79", ink: "#ffffff", basic: 4, inkBasic: 15 },
    bad: { colour: "#b3261e", ink: "#ffffff", basic: 1, inkBasic: 15, bold: true },
    warn: { colour: "#e69f00", ink: "#000000", basic: 3, inkBasic: 0 },
    good: { colour: "#1b5e3f", ink: "#ffffff", basic: 2, inkBasic: 0 },
  },
};

/** On a light background. */
export const LIGHT: Palette = {
  looks: {
    dim: { colour: "#636363", basic: 8 },
    accent: { colour: "#0060a8", basic: 4 },
    good: { colour: "#006b45", basic: 2 },
    warn: { colour: "#855000", basic: 1, bold: true },
    bad: { colour: "#b3261e", basic: 1, bold: true },
    me: { colour: "#00558f", basic: 4, bold: true },
    mention: { colour: "#8a3d00", basic: 1, bold: true },
    code: { colour: "#6b4e00", basic: 5 },
    quote: { colour: "#4a5a6a", basic: 8 },
    border: { colour: "#767676", basic: 8 },
    selected: { bold: true },
    unread: { colour: "#0060a8", basic: 4, bold: true },
    ...nickLooks([
      ["#0072b2", 4],
      ["#885929", 3],
      ["#00765c", 2],
      ["#4c4400", 0],
      ["#b0307f", 5],
      ["#c63c00", 1],
      ["#3430c0", 12],
      ["#564e5a", 8],
    ]),
  },
  grounds: {
    paper: PAPER,
    selected: { inverse: true },
    mention: { colour: "#ffd866", ink: "#000000", basic: 3, inkBasic: 0 },
    unread: { colour: "#cfe5f7", ink: "#000000", basic: 4, inkBasic: 15 },
    bad: { colour: "#b3261e", ink: "#ffffff", basic: 1, inkBasic: 15, bold: true },
    warn: { colour: "#f2b632", ink: "#000000", basic: 3, inkBasic: 0 },
    good: { colour: "#bfe8d2", ink: "#000000", basic: 2, inkBasic: 0 },
  },
};

const CONTRAST_LOOKS: Palette["looks"] = {
  accent: { bold: true, underline: true },
  good: { bold: true },
  code: {},
  selected: { bold: true },
};

/** High contrast on a dark background. */
export const CONTRAST_DARK: Palette = {
  looks: {
    ...CONTRAST_LOOKS,
    warn: { colour: "#ffe066", basic: 11, bold: true },
    bad: { colour: "#ffa8a0", basic: 9, bold: true, underline: true },
    me: { colour: "#ffffff", basic: 15, bold: true, underline: true },
    mention: { colour: "#ffe066", basic: 11, bold: true, underline: true },
    unread: { colour: "#ffffff", basic: 15, bold: true },
    ...nickLooks([
      ["#8fd0ff", 14],
      ["#ffb84d", 11],
      ["#5fe3bc", 10],
      ["#fff27a", 3],
      ["#f5a8d4", 13],
      ["#ff9e7a", 9],
      ["#aeabff", 12],
      ["#ffffff", 15],
    ], true),
  },
  grounds: {
    ...BASE.grounds,
    paper: PAPER,
    bad: { colour: "#ffffff", ink: "#a00000", basic: 15, inkBasic: 1, bold: true },
  },
};

/** High contrast on a light background. */
export const CONTRAST_LIGHT: Palette = {
  looks: {
    ...CONTRAST_LOOKS,
    warn: { colour: "#5c3700", basic: 1, bold: true },
    bad: { colour: "#8c0000", basic: 1, bold: true, underline: true },
    me: { colour: "#000000", basic: 0, bold: true, underline: true },
    mention: { colour: "#5c3700", basic: 1, bold: true, underline: true },
    unread: { colour: "#000000", basic: 0, bold: true },
    ...nickLooks([
      ["#00518a", 4],
      ["#624d0c", 3],
      ["#00543e", 2],
      ["#372b00", 0],
      ["#991a64", 5],
      ["#b11316", 1],
      ["#2a22a0", 12],
      ["#453c4d", 8],
    ], true),
  },
  grounds: {
    ...BASE.grounds,
    paper: PAPER,
    bad: { colour: "#8c0000", ink: "#ffffff", basic: 1, inkBasic: 15, bold: true },
  },
};
