/** A terminal in memory, for tests. @module */
import headless from "@xterm/headless";
import type { ScreenPort } from "./screen.ts";
import type { Size } from "./style.ts";
import { widthOf } from "./width.ts";

/** Which widths the terminal believes in: ours, or those of a very old one. */
export type Opinion = "ours" | "old";

/** One terminal. */
export class Emulator implements ScreenPort {
  readonly #terminal: InstanceType<typeof headless.Terminal>;
  #pending = "";
  /** Everything that was written, write by write. */
  readonly writes: string[] = [];

  constructor({ columns, rows }: Size, opinion: Opinion = "old") {
    this.#terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    if (opinion === "ours") {
      const wcwidth = (code: number): 0 | 1 | 2 =>
        Math.min(2, widthOf(String.fromCodePoint(code))) as 0 | 1 | 2;
      this.#terminal.unicode.register({
        version: "ours",
        wcwidth,
        charProperties: (code, preceding) => {
          const own = wcwidth(code);
          const before = (preceding >> 1) & 3;
          const joins = own === 0 && before > 0;
          return ((joins ? before : own) << 1) | (joins ? 1 : 0);
        },
      });
      this.#terminal.unicode.activeVersion = "ours";
    }
  }

  write(text: string): void {
    this.writes.push(text);
    this.#pending += text;
  }

  size(): Size {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Changes its size. */
  async resize({ columns, rows }: Size): Promise<void> {
    await this.settle();
    this.#terminal.resize(columns, rows);
  }

  /** Waits until it shows what was written. */
  async settle(): Promise<void> {
    const text = this.#pending;
    this.#pending = "";
    await new Promise<void>((resolve) => this.#terminal.write(text, resolve));
  }

  /** The text of each row, without blanks at the end. */
  async text(): Promise<string[]> {
    await this.settle();
    return Array.from(
      { length: this.size().rows },
      (_, row) => this.#line(row).translateToString().trimEnd(),
    );
  }

  /** Each cell with its look. */
  async cells(): Promise<string[]> {
    await this.settle();
    const out: string[] = [];
    for (let row = 0; row < this.size().rows; row++) {
      for (let column = 0; column < this.size().columns; column++) out.push(this.#cell(row, column));
    }
    return out;
  }

  /** The glyph of one cell. */
  async glyph(row: number, column: number): Promise<string> {
    await this.settle();
    return this.#line(row).getCell(column)?.getChars() ?? "";
  }

  /** The look of one cell. */
  async look(row: number, column: number): Promise<string> {
    await this.settle();
    return this.#cell(row, column);
  }

  /** Where the cursor is. */
  async cursor(): Promise<{ row: number; column: number }> {
    await this.settle();
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  /** Rows that were scrolled away. */
  get scrolled(): number {
    return this.#terminal.buffer.active.baseY;
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  #line(row: number) {
    const { active } = this.#terminal.buffer;
    const line = active.getLine(active.baseY + row);
    if (line === undefined) throw new Error(`no row ${row}`);
    return line;
  }

  #cell(row: number, column: number): string {
    const cell = this.#line(row).getCell(column);
    if (cell === undefined) return "";
    const attributes = [
      cell.isBold(),
      cell.isDim(),
      cell.isItalic(),
      cell.isUnderline(),
      cell.isInverse(),
      cell.isStrikethrough(),
    ].map((on) => on === 0 ? 0 : 1).join("");
    const fore = `${cell.getFgColorMode()}:${cell.getFgColor()}`;
    const back = `${cell.getBgColorMode()}:${cell.getBgColor()}`;
    return `${cell.getChars() || " "} ${cell.getWidth()} ${attributes} ${fore} ${back}`;
  }
}
