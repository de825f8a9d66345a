/** The menu of what Tab offers. @module */
import { sanitize } from "../sanitize.ts";
import type { Row } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import type { Signs } from "./signs.ts";
import { blank, fit, fitText, span, spansWidth } from "./spans.ts";

/** What can be chosen. */
export interface MenuState {
  items: readonly { label: string; detail?: string }[];
  /** Index of what is chosen now. */
  selected: number;
}

/** Most columns of a menu. */
const MAX_COLUMNS = 60;

/**
 * Draws a menu, around what is chosen.
 *
 * @param state The choices.
 * @param size Where it goes: its first column, and the space there is.
 * @returns At most `size.rows` rows, each of one segment at the column.
 */
export function menuView(
  state: MenuState,
  size: { column?: number; columns: number; rows: number },
  signs: Signs,
): Row[] {
  const { items } = state;
  if (items.length === 0 || size.rows <= 0 || size.columns <= 0) return [];
  const space = Math.min(size.columns, MAX_COLUMNS);
  const labels = items.map(({ label }) => sanitize(label));
  const shown = Math.min(size.rows, items.length);
  const selected = Math.max(0, Math.min(state.selected, items.length - 1));
  const from = Math.max(0, Math.min(selected - Math.floor(shown / 2), items.length - shown));
  const visible = items.slice(from, from + shown);
  const labelWidth = Math.min(
    Math.max(...labels.slice(from, from + shown).map(widthOf)),
    Math.max(1, Math.floor(space * 0.6)),
  );
  const rows = visible.map((item, index) => {
    const chosen = from + index === selected;
    const style = chosen ? { bg: "selected" as const, bold: true } : {};
    const label = fitText(labels[from + index] ?? "", labelWidth, signs.ellipsis);
    const above = index === 0 && from > 0;
    const below = index === shown - 1 && from + shown < items.length;
    return fit(
      [
        span(chosen ? signs.prompt : above || below ? signs.ellipsis.slice(0, 1) : " ", "accent", style),
        span(` ${label}${blank(labelWidth - widthOf(label))} `, "text", style),
        span(sanitize(item.detail ?? ""), "dim", style),
      ],
      space,
      signs.ellipsis,
    );
  });
  const width = Math.min(space, Math.max(...rows.map(spansWidth)));
  const column = Math.max(0, Math.min(size.column ?? 0, size.columns - width));
  return rows.map((spans) => [{ column, width, spans: fit(spans, width) }]);
}
