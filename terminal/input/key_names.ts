/** Reads key names as people write them in a config: `Ctrl-A`, `C-x C-x`, `alt+enter`, `PgUp`. @module */

const MODIFIERS: Readonly<Record<string, "ctrl" | "alt" | "shift">> = {
  ctrl: "ctrl",
  control: "ctrl",
  c: "ctrl",
  alt: "alt",
  meta: "alt",
  m: "alt",
  a: "alt",
  shift: "shift",
  s: "shift",
};

const NAMES: Readonly<Record<string, string>> = {
  esc: "escape",
  return: "enter",
  del: "delete",
  ins: "insert",
  pgup: "pageup",
  pgdn: "pagedown",
  pgdown: "pagedown",
};

const KNOWN = new Set([
  ..."enter tab escape space backspace delete insert up down left right home end pageup pagedown".split(" "),
  ...Array.from({ length: 12 }, (_, n) => `f${n + 1}`),
]);

/**
 * Reads one key, or several pressed one after another.
 *
 * @param text As a person writes it.
 * @returns The name as `keyName()` gives it; null when there is no such key.
 */
export function readKeyName(text: string): string | null {
  const keys = text.trim().split(/\s+/).map(readOne);
  return keys.length > 4 || keys.includes(null) ? null : keys.join(" ");
}

function readOne(text: string): string | null {
  const held = new Set<string>();
  let rest = text;
  // The key itself may be + or -, so a separator counts only with something behind it.
  for (let match; (match = /^([a-z]+)[+-](?=.)/i.exec(rest)) !== null;) {
    const modifier = MODIFIERS[(match[1] ?? "").toLowerCase()];
    if (modifier === undefined || held.has(modifier)) return null;
    held.add(modifier);
    rest = rest.slice(match[0].length);
  }
  const key = keyOf(rest, held);
  if (key === null) return null;
  return ["ctrl", "alt", "shift"].filter((one) => held.has(one)).map((one) => `${one}+`).join("") + key;
}

function keyOf(text: string, held: Set<string>): string | null {
  const lower = text.toLowerCase();
  const name = NAMES[lower] ?? lower;
  if (KNOWN.has(name)) return name;
  if ([...text].length !== 1 || /[\p{C}\p{Z}]/u.test(text)) return null;
  if (!held.has("ctrl") && !held.has("alt")) {
    if (held.delete("shift")) return text.toUpperCase();
    return text;
  }
  return lower;
}
