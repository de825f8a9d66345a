/** Themes: which colour a role has, at each depth of colour. @module */
import { BASE, CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, type Palette } from "./palettes.ts";
import type { ColourDepth } from "./capabilities.ts";
import type { ColourRole } from "./style.ts";

/** How a role looks. Attributes come along, so that nothing is told by colour alone. */
export interface RoleLook {
  /** Colour as `#rrggbb`; none means the terminal's own. */
  colour?: string;
  /** Number in the palette of 16. */
  basic?: number;
  /** Of a background: the colour of text on it. */
  ink?: string;
  /** Of a background: the colour of text on it, in the palette of 16. */
  inkBasic?: number;
  bold?: boolean;
  faint?: boolean;
  underline?: boolean;
  inverse?: boolean;
}

/** How all roles look. */
export interface Theme {
  readonly name: ThemeName;
  /** How a role looks as the colour of text. */
  look(role: ColourRole): RoleLook;
  /** How a role looks as a background. */
  ground(role: ColourRole): RoleLook;
}

/** The themes there are. */
export type ThemeName = "dark" | "light" | "contrast" | "plain";

/** Names of all themes. */
export const THEMES: readonly ThemeName[] = ["dark", "light", "contrast", "plain"];

/** What is known of the terminal. */
export interface ThemeOptions {
  /** Whether its background is dark. @default true */
  dark?: boolean | undefined;
}

/**
 * Finds a theme.
 *
 * @param name Which one.
 * @param colours Colours of the terminal; without any, every theme is the plain one.
 */
export function themeOf(name: ThemeName, colours: ColourDepth, options: ThemeOptions = {}): Theme {
  const palette = colours === 0 ? BASE : paletteOf(name, options.dark ?? true);
  const known = colours === 0 ? "plain" : name;
  const look = (looks: Partial<Record<ColourRole, RoleLook>>, role: ColourRole): RoleLook =>
    looks[role] ?? {};
  return {
    name: known,
    look: (role) => look(palette.looks, role),
    ground: (role) => look(palette.grounds, role),
  };
}

/** The theme to begin with. */
export function usualTheme(colours: ColourDepth, dark: boolean | undefined): Theme {
  return themeOf(dark === false ? "light" : "dark", colours, { dark });
}

function paletteOf(name: ThemeName, dark: boolean): Palette {
  switch (name) {
    case "dark":
      return DARK;
    case "light":
      return LIGHT;
    case "contrast":
      return dark ? CONTRAST_DARK : CONTRAST_LIGHT;
    case "plain":
      return BASE;
  }
}
