/** Widths of all text, that of others too: `measure.ts` with what it takes to measure everything. @module */
import stringWidth from "string-width";
import { measureWith } from "./measure.ts";

measureWith((grapheme) => stringWidth(grapheme, { countAnsiEscapeCodes: true }));

export { cut, forgetWidths, graphemes, graphemeWidth, isAscii, widthOf } from "./measure.ts";
