/** A code to be scanned by a phone, as a picture of the page: lines and no file. @module */
import { encode } from "uqr";

const SVG = "http://www.w3.org/2000/svg";
/** Empty modules around it, as scanners want. */
const BORDER = 3;

/** Draws `text`; black on white in any theme, since scanners want that too. */
export function qrPicture(text: string, label: string): SVGSVGElement {
  const { data, size } = encode(text, { border: BORDER });
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", label);
  picture.setAttribute("class", "qr");
  const modules = document.createElementNS(SVG, "path");
  modules.setAttribute("d", pathOf(data));
  picture.append(modules);
  return picture;
}

/** The dark modules, each row's runs as rectangles. */
export function pathOf(data: readonly (readonly boolean[])[]): string {
  let path = "";
  data.forEach((row, y) => {
    for (let x = 0; x < row.length;) {
      let end = x;
      while (row[end] === true) end++;
      if (end > x) path += `M${x} ${y}h${end - x}v1h-${end - x}z`;
      x = end + 1;
    }
  });
  return path;
}
