/** The few colours of line mode. Nothing is told by colour alone. @module */

/** Puts text between a colour and its reset; the identity when colours are off. */
export interface Colour {
  /** Whether colours are on. */
  readonly on: boolean;
  /** A nickname. */
  name(text: string): string;
  /** One's own nickname. */
  own(text: string): string;
  /** Something of little weight: times, numbers, notices. */
  faint(text: string): string;
  /** Something to copy or type. */
  strong(text: string): string;
  /** Something went wrong. */
  error(text: string): string;
  /** Somebody may be cheating. */
  alarm(text: string): string;
}

const sgr = (open: number, close: number) => (text: string): string => `\x1b[${open}m${text}\x1b[${close}m`;
const plain = (text: string): string => text;

/**
 * Makes the colours for one output.
 *
 * @param on Whether to use colours at all, see `wantsColour()`.
 */
export function colours(on: boolean): Colour {
  if (!on) {
    return { on, name: plain, own: plain, faint: plain, strong: plain, error: plain, alarm: plain };
  }
  return {
    on,
    name: sgr(36, 39),
    own: sgr(32, 39),
    faint: sgr(2, 22),
    strong: sgr(1, 22),
    error: sgr(31, 39),
    alarm: (text) => sgr(1, 22)(sgr(31, 39)(text)),
  };
}
