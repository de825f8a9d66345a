/** Themes: which colour a role has, at each depth of colour. @module */
import type { ColourDepth } from "./capabilities.ts";
import type { ColourRole } from "./style.ts";

/** Attributes that a role brings along, so that nothing is told by colour alone. */
export interface RoleLook {
  /** Colour as `#rrggbb`; none means the terminal's own. */
  colour?: string;
  /** Number in the palette of 16. */
  basic?: number;
  bold?: boolean;
  faint?: boolean;
  underline?: boolean;
  inverse?: boolean;
}

/** How roles look. */
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

/**
 * Finds a theme.
 *
 * @param name Which one; without colours every theme is `plain`.
 */
export function themeOf(name: ThemeName, _colours: ColourDepth): Theme {
  return { name, look: () => ({}), ground: () => ({}) };
}
