/** Safety words in three ways at once: to read aloud, to look at, to scan. @module */
import type { KeyMeaning } from "../../input/key_map.ts";
import type { KeyPress } from "../../input/key_press.ts";
import type { Row, Size } from "../../screen/style.ts";
import { sanitizeName } from "../../sanitize.ts";
import type { Overlay } from "../overlay.ts";
import { asRows, type Block, blockRows, type Line, paragraph, titleLine } from "./page.ts";
import { type QrAbilities, qrBlock } from "./qr_block.ts";
import { tileLines, TILES_WIDTH } from "./tiles.ts";

/** What is to be compared. */
export interface Verification {
  /** The member, or null for the words of the whole room. */
  member: { nick: string; verified: boolean } | null;
  /** Safety words, as the session gives them. */
  words: string;
  /** What the terminal can show. */
  abilities: QrAbilities;
  /** Takes the user's answer; for the words of a room there is none. */
  mark: (verified: boolean) => void;
}

const WORDS_A_LINE = 3;
const GAP = 2;
/** Least columns for the text beside a drawing. */
const MIN_TEXT = 36;

/** The window of `/verify`. */
export class VerifyOverlay implements Overlay {
  readonly #wanted: Verification;
  #words: string;
  #differ = false;

  /** Shows words. */
  constructor(wanted: Verification) {
    this.#wanted = wanted;
    this.#words = wanted.words;
  }

  rows(size: Size): Row[] {
    if (this.#differ) return asRows([titleLine("THE WORDS DIFFER"), ...this.#warning(size.columns)], size);
    const title = titleLine(this.#title);
    const text = this.#text(size.columns);
    const room = size.rows - 1;
    const qr = qrBlock(this.#words.toUpperCase(), this.#wanted.abilities);
    const beside = qr === null ? 0 : size.columns - qr.width - GAP;
    if (qr !== null && beside >= MIN_TEXT && qr.height <= room) {
      const side = this.#withTiles(beside, room, { qr: true }) ?? this.#text(beside);
      if (side.length <= room) {
        const blocks: Block[] = [
          { row: 0, column: 0, width: size.columns, lines: [title] },
          { row: 1, column: 0, width: qr.width, lines: qr.lines },
          { row: 1, column: qr.width + GAP, width: beside, lines: side },
        ];
        return blockRows(blocks, size);
      }
    }
    return asRows([title, ...this.#withTiles(size.columns, room) ?? text], size);
  }

  key(press: KeyPress, meaning: KeyMeaning): "close" | "keep" {
    const { member, mark } = this.#wanted;
    if (meaning === "overlay_close" || meaning === "help") return "close";
    if (member === null || this.#differ || !("text" in press)) return "keep";
    const answer = press.text.toLowerCase();
    if (answer === "y") {
      mark(true);
      return "close";
    }
    if (answer === "n") {
      this.#differ = true;
      mark(false);
    }
    return "keep";
  }

  closed(): void {
    this.#words = "";
  }

  get #title(): string {
    const { member } = this.#wanted;
    return member === null ? "Safety words of this room" : `Are you talking to ${sanitizeName(member.nick)}?`;
  }

  /** Words, then what to do with them: all that a small screen has. */
  #text(columns: number): Line[] {
    return [...this.#wordLines(columns), ...this.#advice(columns, { tiles: false, qr: false })];
  }

  /** The same with the picture; null when it has no room. */
  #withTiles(columns: number, rows: number, { qr } = { qr: false }): Line[] | null {
    if (columns < TILES_WIDTH) return null;
    const tiles = tileLines(this.#words);
    const parts = [this.#wordLines(columns), tiles, this.#advice(columns, { tiles: true, qr })];
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > rows) return null;
    // Air between the parts, as far as there is room.
    const air = Math.min(parts.length - 1, rows - length);
    return parts.flatMap((part, i) => i > 0 && i <= air ? [[], ...part] : part);
  }

  #wordLines(columns: number): Line[] {
    const words = this.#words.split(" ");
    const width = Math.max(...words.map((word) => word.length)) + 2;
    if (width * WORDS_A_LINE > columns) return paragraph(this.#words, columns, { bold: true });
    const lines: Line[] = [];
    for (let i = 0; i < words.length; i += WORDS_A_LINE) {
      const text = words.slice(i, i + WORDS_A_LINE).map((word) => word.padEnd(width)).join("");
      lines.push([{ text, style: { bold: true } }]);
    }
    return lines;
  }

  #advice(columns: number, { tiles, qr }: { tiles: boolean; qr: boolean }): Line[] {
    const { member } = this.#wanted;
    const picture = (tiles ? "Same words, same picture." : "") +
      (qr ? " The QR code shows the words on a phone." : "");
    if (member === null) {
      return paragraph(
        `Everybody in the room should see the same words. Read them to each other in a call or face to face, ` +
          `never in this chat. ${picture} They change when members come or go. /verify <nick> checks one member.`,
        columns,
      );
    }
    const nick = sanitizeName(member.nick);
    const before = member.verified ? `You have marked ${nick} as verified before. ` : "";
    return [
      ...paragraph(
        `${before}Call ${nick} or meet: not in this chat. ${nick} types /verify with your name. Read the words to ` +
          `each other. ${picture}`.trimEnd(),
        columns,
      ),
      ...paragraph("Are all of them the same?", columns, { bold: true }),
      ...paragraph("y: yes   n: no   Esc: later", columns, { fg: "accent", bold: true }),
    ];
  }

  #warning(columns: number): Line[] {
    const nick = sanitizeName(this.#wanted.member?.nick ?? "");
    return [
      ...paragraph(
        `!! If you have read the same page on both sides, somebody may stand between you and ${nick}.`,
        columns,
        { fg: "bad", bold: true },
      ),
      [],
      ...paragraph(
        `${nick} does not count as verified. Say nothing secret here. Read the words once more, slowly; if they ` +
          "still differ, leave this room, tell each other over the phone, and meet in a new room with a new invite.",
        columns,
      ),
    ];
  }
}
