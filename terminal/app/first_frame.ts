/** What is seen before anything is known: what this is, and a place to write in. Needs little, so that it comes at once. @module */
import type { Capabilities } from "../screen/capabilities.ts";
import { Screen, type ScreenPort } from "../screen/screen.ts";
import type { Frame, Row, Size } from "../screen/style.ts";
import type { Theme } from "../screen/theme.ts";
import { composerView } from "../view/composer_view.ts";
import { type Signs, signsOf } from "../view/signs.ts";
import { welcomeRows } from "../view/welcome.ts";

/** Paints the first frame. */
export function paintFirst(
  terminal: ScreenPort,
  { capabilities, theme }: { capabilities: Capabilities; theme: Theme },
): void {
  const size = terminal.size();
  const foot = startingFoot({ columns: size.columns, rows: 1 }, signsOf(capabilities.unicode));
  const space = { columns: size.columns, rows: size.rows - 1 };
  const above: Row[] = welcomeRows(space);
  while (above.length < space.rows) above.push([]);
  const frame: Frame = { rows: [...above, ...foot.rows], cursor: { ...foot.cursor, row: space.rows } };
  new Screen(terminal, capabilities, theme).paint(frame);
}

/** A place to write in while there is no room yet: it works, what is typed is kept. */
export function startingFoot(
  size: Size,
  signs: Signs,
): { rows: Row[]; cursor: { row: number; column: number } } {
  const layout = { rows: [""], cursor: { row: 0, column: 0 } };
  return composerView({ layout, bytes: 0, limit: Infinity, hint: "Sotto is starting" }, size, signs);
}
