/** For tests: keys as they come to a window. */
import type { NamedKey, TypedText } from "../../input/key_press.ts";
import type { Overlay } from "../overlay.ts";
import { KeyMap } from "../../input/key_map.ts";
import type { KeyPress } from "../../input/key_press.ts";

/** A named key. */
export function pressed(key: string, held: Partial<NamedKey> = {}): NamedKey {
  return { key, ctrl: false, alt: false, shift: false, ...held };
}

/** A letter. */
export function typed(text: string): TypedText {
  return { text };
}

/** Gives a window keys, with what they mean in it by the usual key map. @returns What it said to the last one. */
export function give(overlay: Overlay, ...presses: KeyPress[]): "close" | "keep" {
  const keys = new KeyMap();
  let said: "close" | "keep" = "keep";
  for (const press of presses) {
    said = overlay.key(press, keys.meaning(press, overlay.places ?? ["overlay", "everywhere"]));
  }
  return said;
}

/** Gives it a text, letter by letter. */
export function type(overlay: Overlay, text: string): void {
  for (const letter of text) give(overlay, letter === " " ? typed(" ") : typed(letter));
}
