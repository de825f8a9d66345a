/** Which key does what, and what the help says of it; keys can be chosen anew. @module */
import {
  DEFAULT_BINDINGS,
  KEY_GROUPS,
  type KeyAction,
  type KeyBinding,
  type KeyPlace,
} from "./key_actions.ts";
import { nearest } from "../nearest.ts";
import { keyName, type KeyPress } from "./key_press.ts";
import { readKeyName } from "./key_names.ts";

export { type KeyAction, type KeyBinding, type KeyGroup, type KeyPlace } from "./key_actions.ts";

/** A key binding in a config that cannot be used. */
export class KeyMapError extends Error {
  override readonly name = "KeyMapError";
  /** The entry that is wrong. */
  readonly entry: string;

  /** Makes one. */
  constructor(entry: string, why: string) {
    super(`Cannot bind ${entry}: ${why}`);
    this.entry = entry;
  }
}

/**
 * Keys chosen by a user: `{"find": "ctrl+g", "burn": ["f12", "ctrl+x ctrl+x"], "menu.menu_next": [], …}`. An action takes
 * the keys given in place of its own, in every place it works in, or with `place.` before it only there.
 */
export type KeyConfig = Readonly<Record<string, string | readonly string[]>>;

/** What a key means: an action; `pending` for the first of several keys; null for none. */
export type KeyMeaning = KeyAction | "pending" | null;

/** Bindings of one user. */
export class KeyMap {
  /** All of them. */
  readonly bindings: readonly KeyBinding[];
  readonly #actions = new Map<string, KeyAction>();
  readonly #prefixes = new Set<string>();
  #pressed = "";

  /** Makes the default bindings, or others. @throws {KeyMapError} */
  constructor(bindings: readonly KeyBinding[] = DEFAULT_BINDINGS) {
    this.bindings = bindings;
    for (const { place, keys, action } of bindings) {
      for (const key of keys) {
        this.#actions.set(`${place} ${key}`, action);
        const parts = key.split(" ");
        for (let n = 1; n < parts.length; n++) this.#prefixes.add(`${place} ${parts.slice(0, n).join(" ")}`);
      }
    }
  }

  /** The default bindings with the keys of a config. @throws {KeyMapError} on unknown actions, keys or double use */
  static from(config: KeyConfig): KeyMap {
    return new KeyMap(rebound(config));
  }

  /** The key pressed that waits for another: `ctrl+x`; empty when none does. */
  get pending(): string {
    return this.#pressed;
  }

  /** Forgets a first key that waits for another. */
  reset(): void {
    this.#pressed = "";
  }

  /**
   * What a key means.
   *
   * @param press What was pressed.
   * @param places Where one is, the innermost first: `["menu", "composer", "everywhere"]`.
   */
  meaning(press: KeyPress, places: readonly KeyPlace[]): KeyMeaning {
    const name = keyName(press);
    if (name === null) return null;
    const whole = this.#pressed === "" ? name : `${this.#pressed} ${name}`;
    this.#pressed = "";
    for (const place of places) {
      const action = this.#actions.get(`${place} ${whole}`);
      if (action !== undefined) return action;
      if (this.#prefixes.has(`${place} ${whole}`)) {
        this.#pressed = whole;
        return "pending";
      }
    }
    return null;
  }

  /** Bindings for the help where one is, by heading; actions without a key are left out. */
  help(places: readonly KeyPlace[]): { group: string; bindings: KeyBinding[] }[] {
    const here = this.bindings.filter(({ place, keys }) => places.includes(place) && keys.length > 0);
    return KEY_GROUPS.map((group) => ({ group, bindings: here.filter((binding) => binding.group === group) }))
      .filter(({ bindings }) => bindings.length > 0);
  }

  /** Keys of an action, for hints: `["f12", "ctrl+x ctrl+x"]`. */
  keysOf(action: KeyAction): readonly string[] {
    return [...new Set(this.bindings.flatMap((binding) => binding.action === action ? binding.keys : []))];
  }
}

function rebound(config: KeyConfig): KeyBinding[] {
  const bindings = DEFAULT_BINDINGS.map((binding) => ({ ...binding }));
  const chosen = new Set<KeyBinding>();
  for (const [entry, value] of Object.entries(config)) {
    const [place, action] = entry.includes(".") ? entry.split(".", 2) : [undefined, entry];
    const meant = bindings.filter((one) =>
      one.action === action && (place === undefined || one.place === place)
    );
    if (meant.length === 0) throw new KeyMapError(entry, unknown(action ?? "", place));
    const keys = (typeof value === "string" ? [value] : value).map((key) => {
      const read = typeof key === "string" ? readKeyName(key) : null;
      if (read === null) throw new KeyMapError(entry, `there is no key ${JSON.stringify(key)}`);
      if (isCharacter(read) && meant.some((binding) => TYPED.has(binding.place))) {
        throw new KeyMapError(entry, `${read} is a character that one types; hold Ctrl or Alt with it`);
      }
      return read;
    });
    for (const binding of meant) {
      binding.keys = keys;
      chosen.add(binding);
    }
  }
  return withoutDoubles(bindings, chosen);
}

/** Places where one types: a character must not be taken from the text there. */
const TYPED: ReadonlySet<KeyPlace> = new Set(["everywhere", "composer", "history", "menu", "find"]);

function isCharacter(key: string): boolean {
  const [first = ""] = key.split(" ");
  return [...first].length === 1 || first === "space";
}

function unknown(action: string, place: string | undefined): string {
  const actions = [...new Set(DEFAULT_BINDINGS.map((binding): string => binding.action))];
  if (place !== undefined && actions.includes(action)) return `${action} has no keys in ${place}`;
  const near = nearest(action, actions);
  return `there is no action of this name${near === undefined ? "" : `; did you mean ${near}?`}`;
}

/** A key that was chosen for one thing is taken from what had it by default; chosen for two it is an error. */
function withoutDoubles(bindings: KeyBinding[], chosen: ReadonlySet<KeyBinding>): KeyBinding[] {
  const owners = new Map<string, KeyBinding>();
  for (const binding of chosen) {
    for (const key of binding.keys) {
      const owner = owners.get(`${binding.place} ${key}`);
      if (owner !== undefined && owner !== binding) {
        throw new KeyMapError(binding.action, `${key} is chosen for ${owner.action} already`);
      }
      owners.set(`${binding.place} ${key}`, binding);
    }
  }
  return bindings.map((binding) =>
    chosen.has(binding)
      ? binding
      : { ...binding, keys: binding.keys.filter((key) => !owners.has(`${binding.place} ${key}`)) }
  );
}
