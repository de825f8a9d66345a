/**
 * Calls for the user's attention: bell, window title, notifications of the terminal.
 *
 * Nothing of this leaves the screen's confines with a name or a word of the chat in it: titles and notifications are
 * read by window managers, task bars and lock screens. They say how much there is, and of what kind.
 *
 * @module
 */
import type { News } from "../room/room_model.ts";

/** What calls: nothing; what is for us; everything. */
export type CallFor = "off" | "mentions" | "all";

/** What the user wants. */
export interface AttentionSettings {
  /** The terminal's bell. @default "mentions" */
  bell?: CallFor | undefined;
  /** Notifications by OSC 9 or 777. @default "mentions" */
  notifications?: CallFor | undefined;
}

/** What it works with. */
export interface AttentionOptions extends AttentionSettings {
  /** Writes to the terminal. */
  write: (text: string) => void;
  /** Time in milliseconds. */
  now: () => number;
  /** How this terminal is notified; null where that could show up as rubbish. See {@linkcode notificationKind}. */
  notify: NotificationKind | null;
}

/** Which sequence a terminal takes for a notification. */
export type NotificationKind = "osc9" | "osc777";

/** Something that may be heard of. */
export interface Call {
  /** What it is. */
  kind: News["kind"];
  /** The room that it is in: anything that names it for as long as it is open. */
  room: object;
  /** Whether the user is looking at that room now: it is in front, and the terminal has the focus. */
  looking: boolean;
}

/** Between two calls there are at least so many milliseconds: a flood rings once. */
const PAUSE_MS = 3_000;

const WORDS: Readonly<Record<News["kind"], string>> = {
  message: "new message",
  mention: "somebody named you",
  private: "private message",
  alarm: "security warning",
};

/** Decides what rings. */
export class Attention {
  readonly #options: AttentionOptions;
  readonly #muted = new WeakSet<object>();
  #bell: CallFor;
  #notifications: CallFor;
  #dnd = false;
  #last = -Infinity;

  /** Makes one that knows no room yet. */
  constructor(options: AttentionOptions) {
    this.#options = options;
    this.#bell = options.bell ?? "mentions";
    this.#notifications = options.notifications ?? "mentions";
  }

  /** Whether nothing at all is to ring. */
  get doNotDisturb(): boolean {
    return this.#dnd;
  }

  /** Switches "do not disturb", or turns it over. @returns Whether it is on now. */
  setDoNotDisturb(on: boolean = !this.#dnd): boolean {
    return this.#dnd = on;
  }

  /** Whether a room does not ring. */
  muted(room: object): boolean {
    return this.#muted.has(room);
  }

  /** Mutes a room, or turns that over. Warnings still ring. @returns Whether it is muted now. */
  setMuted(room: object, on: boolean = !this.#muted.has(room)): boolean {
    if (on) this.#muted.add(room);
    else this.#muted.delete(room);
    return on;
  }

  /** Why a room does not ring, in words; empty where it does. */
  quiet(room: object): string {
    return this.#dnd ? "do not disturb" : this.#muted.has(room) ? "muted" : "";
  }

  /** Changes what rings. */
  set({ bell, notifications }: AttentionSettings): void {
    this.#bell = bell ?? this.#bell;
    this.#notifications = notifications ?? this.#notifications;
  }

  /** Something has happened. */
  call({ kind, room, looking }: Call): void {
    if (looking || this.#dnd) return;
    if (kind !== "alarm" && this.#muted.has(room)) return;
    const bell = wants(this.#bell, kind);
    const notify = this.#options.notify !== null && wants(this.#notifications, kind);
    if (!bell && !notify) return;
    const now = this.#options.now();
    const since = now - this.#last;
    if (since >= 0 && since < PAUSE_MS && kind !== "alarm") return;
    this.#last = now;
    this.#options.write(
      (notify ? notification(this.#options.notify, WORDS[kind]) : "") + (bell ? "\x07" : ""),
    );
  }
}

function wants(setting: CallFor, kind: News["kind"]): boolean {
  return setting === "all" || (setting === "mentions" && kind !== "message");
}

function notification(kind: NotificationKind | null, words: string): string {
  if (kind === null) return "";
  return kind === "osc777" ? `\x1b]777;notify;Sotto;${words}\x1b\\` : `\x1b]9;Sotto: ${words}\x1b\\`;
}

/**
 * Which notification a terminal takes.
 *
 * @param env Reads a variable; undefined where it may not be read.
 * @param known Whether the terminal is known to swallow such sequences (`Capabilities.title`).
 */
export function notificationKind(
  env: (name: string) => string | undefined,
  known: boolean,
): NotificationKind | null {
  if (!known) return null;
  return env("VTE_VERSION") !== undefined || /^(?:rxvt|foot)/.test(env("TERM") ?? "") ? "osc777" : "osc9";
}

/** The window's title: how much is unread, and how much of it is for us; no name of a room or a member. */
export function titleText({ unread, mentions }: { unread: number; mentions: number }): string {
  if (unread === 0) return "Sotto";
  const forUs = mentions === 0 ? "" : `, ${mentions} for you`;
  return `(${unread > 999 ? "999+" : unread}${forUs}) Sotto`;
}
