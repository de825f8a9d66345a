/** The ways into a room, for others: a QR code for phones, the link, the spoken code, the name. @module */
import type { SessionEvent } from "../../../client/events.ts";
import type { KeyMeaning } from "../../input/key_map.ts";
import type { KeyPress } from "../../input/key_press.ts";
import { asInstalled } from "../../../relay/program/own_name.ts";
import { CA_NOTE, JOIN, passwordNote, whatToType } from "../../invite_page.ts";
import { isLoopback } from "../../relay_url.ts";
import { sanitize } from "../../sanitize.ts";
import type { Row, Size } from "../../screen/style.ts";
import type { Overlay } from "../overlay.ts";
import { asRows, blockRows, type Line, paragraph, titleLine, verbatim } from "./page.ts";
import { type QrAbilities, type QrBlock, qrBlock } from "./qr_block.ts";

/** What is shown. */
export interface InviteShown {
  /** The room's codes. */
  event: Extract<SessionEvent, { type: "invite" }>;
  /** The relay's URL. */
  relay: string;
  /** Whether others need a file for `--ca` to reach it. @default false */
  needsCa?: boolean;
  /** What the terminal can show. */
  abilities: QrAbilities;
  /** Puts a text into the clipboard; false where it is too long for that. */
  copy: (text: string) => boolean;
}

const GAP = 2;
/** Least columns for the text beside the QR code. */
const MIN_TEXT = 24;
const STRONG = { bold: true };

/** The window of `/invite`. */
export class InviteOverlay implements Overlay {
  #shown: InviteShown | null;
  #note = "";

  /** Shows codes. */
  constructor(shown: InviteShown) {
    this.#shown = shown;
  }

  rows(size: Size): Row[] {
    const shown = this.#shown;
    if (shown === null) return [];
    const title = titleLine("Invite to this room");
    const link = verbatim(sanitize(shown.event.invite), size.columns, STRONG);
    const qr = qrBlock(shown.event.invite, shown.abilities);
    if (qr !== null) {
      const side = this.#beside(shown, qr, size);
      const rows = 1 + Math.max(qr.height, side?.length ?? 0) + link.length;
      if (side !== null && rows <= size.rows) {
        return blockRows([
          { row: 0, column: 0, width: size.columns, lines: [title] },
          { row: 1, column: 0, width: qr.width, lines: qr.lines },
          { row: 1, column: qr.width + GAP, width: size.columns - qr.width - GAP, lines: side },
          { row: rows - link.length, column: 0, width: size.columns, lines: link },
        ], size);
      }
    }
    return asRows([title, ...this.#plain(shown, link, qr, size)], size);
  }

  key(press: KeyPress, meaning: KeyMeaning): "close" | "keep" {
    if (meaning === "overlay_close" || meaning === "help") return "close";
    const shown = this.#shown;
    if (shown === null || !("text" in press)) return "keep";
    const { invite, code } = shown.event;
    if (press.text === "c") this.#copy(shown, invite, "The link");
    else if (press.text === "s" && code !== null) this.#copy(shown, code, "The spoken code");
    return "keep";
  }

  closed(): void {
    this.#shown = null;
    this.#note = "";
  }

  #copy({ copy }: InviteShown, text: string, what: string): void {
    this.#note = copy(text)
      ? `${what} has been given to the terminal's clipboard, if your terminal allows that.`
      : `${what} is too long for the clipboard.`;
  }

  /** What stands beside the QR code; null where there is no room for it. */
  #beside(shown: InviteShown, qr: QrBlock, size: Size): Line[] | null {
    const columns = size.columns - qr.width - GAP;
    if (columns < MIN_TEXT) return null;
    return [
      ...paragraph(
        "Let a phone scan this, or pass on the link below or a code, by a way that you trust.",
        columns,
      ),
      [],
      ...this.#names(shown, columns),
      ...this.#how(shown, columns),
      [],
      ...this.#keys(shown, columns),
    ];
  }

  /** Link first, so that a small screen has what is needed most. */
  #plain(shown: InviteShown, link: Line[], qr: QrBlock | null, size: Size): Line[] {
    const lines = [...link, ...this.#names(shown, size.columns)];
    if (qr !== null) {
      const columns = qr.width + GAP + MIN_TEXT;
      const text = this.#beside(shown, qr, { columns, rows: size.rows })?.length ?? 0;
      const rows = 1 + Math.max(qr.height, text) + Math.ceil(shown.event.invite.length / columns);
      lines.push(...paragraph(
        `For the QR code make the window larger: ${Math.max(size.columns, columns)}x${
          Math.max(size.rows, rows)
        } ` +
          `will do; it is ${size.columns}x${size.rows}.`,
        size.columns,
        { fg: "warn" },
      ));
    } else if (!shown.abilities.unicode) {
      lines.push(...paragraph("This terminal cannot show a QR code.", size.columns, { fg: "dim" }));
    }
    return [...lines, ...this.#keys(shown, size.columns), ...this.#how(shown, size.columns)];
  }

  #names({ event }: InviteShown, columns: number): Line[] {
    const lines: Line[] = [];
    if (event.code !== null) {
      lines.push([{ text: "Spoken code:", style: { fg: "dim" } }]);
      lines.push(...paragraph(sanitize(event.code), columns, STRONG));
    }
    if (event.name !== null) {
      lines.push([{ text: "Name of the room:", style: { fg: "dim" } }]);
      lines.push(...paragraph(sanitize(event.name), columns, STRONG));
    }
    return lines;
  }

  /** What to do with them at the other end. */
  #how({ event, relay, needsCa = false }: InviteShown, columns: number): Line[] {
    const lines: Line[] = [];
    const typed = whatToType(event, relay, { needsCa });
    if (needsCa || !typed.includes(event.invite)) {
      lines.push([{ text: "They type:", style: { fg: "dim" } }]);
      lines.push(...paragraph(`${asInstalled(JOIN)} ${sanitize(typed)}`, columns));
    }
    if (needsCa) lines.push(...paragraph(CA_NOTE, columns, { fg: "dim" }));
    const password = passwordNote(event);
    if (password !== null) lines.push(...paragraph(password, columns, { fg: "dim" }));
    if (isLoopback(relay)) {
      lines.push(...paragraph(
        "Only this computer can reach this relay. For others start with host --lan, or name a relay with --relay.",
        columns,
        { fg: "warn" },
      ));
    }
    return lines;
  }

  #keys({ event }: InviteShown, columns: number): Line[] {
    const text = `c: copy the link${event.code === null ? "" : "\ns: copy the spoken code"}`;
    const note = this.#note === "" ? [] : paragraph(this.#note, columns, { fg: "good" });
    return [...paragraph(text, columns, { fg: "accent" }), ...note];
  }
}
