/** A colour for each member, the same wherever it is shown. No information: the name stands beside it. @module */

/** The hue of a member, in degrees, from its id, which nobody chooses. */
export function hueOf(id: string): number {
  return Math.round(Number.parseInt(id.slice(0, 4) || "0", 16) / 65_536 * 360);
}
