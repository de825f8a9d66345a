/** The things a key can do to the text being written. Names are those of the key map. @module */

/** Every edit, in the order the help shows them. */
export const EDIT_ACTIONS = [
  "left",
  "right",
  "up",
  "down",
  "word_left",
  "word_right",
  "line_start",
  "line_end",
  "text_start",
  "text_end",
  "newline",
  "backspace",
  "delete",
  "kill_line_start",
  "kill_line_end",
  "kill_word_back",
  "kill_word_left",
  "kill_word_right",
  "yank",
  "yank_older",
  "transpose",
  "undo",
  "redo",
] as const;

/** One edit or move of {@linkcode TextArea}. */
export type EditAction = (typeof EDIT_ACTIONS)[number];

/** Whether an action of the key map is one of the text area's. */
export function isEditAction(action: string): action is EditAction {
  return (EDIT_ACTIONS as readonly string[]).includes(action);
}
