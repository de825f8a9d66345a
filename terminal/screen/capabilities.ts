/** What the terminal can do, as far as a few variables tell. Nothing is asked of the terminal itself. @module */

/** How many colours there are. */
export type ColourDepth = 0 | 16 | 256 | "true";

/** What may be used. */
export interface Capabilities {
  colours: ColourDepth;
  /** Whether text outside of ASCII can be shown. */
  unicode: boolean;
  /** Whether a frame may be marked so that it is shown at once (`CSI ? 2026`). */
  sync: boolean;
  /** Whether links may be written (OSC 8). */
  osc8: boolean;
  /** Whether the window's title may be set. */
  title: boolean;
  /** Whether the background is dark, where that is known. */
  dark?: boolean;
}

/** Reads a variable; undefined where it is unset or may not be read. */
export type ReadVariable = (name: string) => string | undefined;

const TRUE_COLOUR_PROGRAMS = /^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio|mintty)$/i;
const TRUE_COLOUR_TERMS = /kitty|alacritty|foot|ghostty|wezterm|contour|direct|truecolor/;
const SYNC_PROGRAMS = /^(?:iTerm\.app|WezTerm|ghostty|rio|mintty|vscode)$/i;
const SYNC_TERMS = /kitty|alacritty|foot|ghostty|wezterm|contour/;

/**
 * Reads the terminal's abilities. With nothing readable: 16 colours, Unicode, and nothing that could show up as rubbish.
 *
 * @param env Reads a variable, see {@linkcode ReadVariable}.
 */
export function readCapabilities(env: ReadVariable): Capabilities {
  const term = (env("TERM") ?? "").toLowerCase();
  const program = env("TERM_PROGRAM") ?? "";
  const dumb = term === "dumb";
  const multiplexer = isMultiplexer(term, env);
  const console = term === "linux" || term.startsWith("vt");
  const capabilities: Capabilities = {
    colours: dumb ? 0 : colourDepth(term, program, multiplexer, env),
    unicode: !dumb && knowsUnicode(env),
    sync: !dumb && (SYNC_TERMS.test(term) || (!multiplexer && SYNC_PROGRAMS.test(program))),
    osc8: !dumb && !console && takesLinks(term, program, multiplexer, env),
    title: !dumb && term !== "" && !console,
  };
  const dark = darkBackground(env("COLORFGBG"));
  return dark === undefined ? capabilities : { ...capabilities, dark };
}

function isMultiplexer(term: string, env: ReadVariable): boolean {
  return /^(?:screen|tmux)/.test(term) || env("TMUX") !== undefined || env("STY") !== undefined;
}

function colourDepth(term: string, program: string, multiplexer: boolean, env: ReadVariable): ColourDepth {
  if ((env("NO_COLOR") ?? "") !== "") return 0;
  if (/^vt\d|mono|-m$/.test(term)) return 0;
  if (/^(?:truecolor|24bit)$/i.test(env("COLORTERM") ?? "")) {
    return env("STY") !== undefined && !term.includes("direct") ? 256 : "true"; // GNU screen drops it
  }
  if (TRUE_COLOUR_TERMS.test(term)) return "true";
  if (!multiplexer && (TRUE_COLOUR_PROGRAMS.test(program) || env("WT_SESSION") !== undefined)) return "true";
  if (/256/.test(term) || multiplexer || program === "Apple_Terminal") return 256;
  return 16;
}

/** Unicode unless the locale says otherwise; `C` and `POSIX` are ASCII, an unset one tells nothing. */
function knowsUnicode(env: ReadVariable): boolean {
  const locale = [env("LC_ALL"), env("LC_CTYPE"), env("LANG")].find((value) => (value ?? "") !== "");
  return locale === undefined || /utf-?8/i.test(locale) || !/^(?:C|POSIX)$|\./.test(locale);
}

function takesLinks(term: string, program: string, multiplexer: boolean, env: ReadVariable): boolean {
  if (multiplexer) return false; // what is outside of it is not known
  if (/kitty|alacritty|foot|ghostty|wezterm|contour/.test(term)) return true;
  if (/^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio|mintty)$/i.test(program)) return true;
  return env("WT_SESSION") !== undefined || Number(env("VTE_VERSION") ?? 0) >= 5000;
}

/** Some terminals say `foreground;background` as palette numbers. */
function darkBackground(value: string | undefined): boolean | undefined {
  const background = /;(\d{1,2})$/.exec(value ?? "")?.[1];
  if (background === undefined) return undefined;
  const index = Number(background);
  return index !== 7 && index < 9;
}

/** The variables that are read, for those who ask for permissions or document them. */
export const DISPLAY_VARIABLES: readonly string[] = [
  "TERM",
  "TERM_PROGRAM",
  "COLORTERM",
  "COLORFGBG",
  "NO_COLOR",
  "LC_ALL",
  "LC_CTYPE",
  "LANG",
  "TMUX",
  "STY",
  "VTE_VERSION",
  "WT_SESSION",
];
