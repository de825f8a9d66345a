/** What is said of files that are offered, and of those on their way. @module */
import type { SessionEvent } from "../../client/events.ts";
import type { FileInfo } from "../../client/file_info.ts";
import { sanitize, sanitizeName } from "../sanitize.ts";

/** From this size on a fetch tells how it gets on, in bytes. */
const LARGE = 16_777_216;
const QUARTERS: ReadonlySet<number> = new Set([25, 50, 75]);

/** A size as people read it: `1.3 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let value = bytes;
  for (const unit of ["kB", "MB", "GB"]) {
    value /= 1_000;
    if (value < 999.5 || unit === "GB") {
      return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
    }
  }
  return "";
}

/**
 * The text of a message that offers a file.
 *
 * @param file What is offered.
 * @param number The message's number, by which others save it; null for one's own.
 */
export function offerText({ name, size }: FileInfo, number: number | null): string {
  const how = number === null ? "" : ` - /save #${number} fetches it`;
  return `offers ${oneLine(name)} (${sizeText(size)})${how}`;
}

/** Words what becomes of a file; null where a person need not be told. */
export function fileText(
  event: Extract<SessionEvent, { type: "file" | "file_taken" | "file_reading" }>,
): string | null {
  const name = oneLine(event.name);
  if (event.type === "file_taken") return `${sanitizeName(event.to.nick)} has the whole of ${name}.`;
  switch (event.state) {
    case "reading":
      return `Reading ${name} (${sizeText(event.size)}) before it is offered: ${percentOf(event)}% so far. ` +
        "/cancel stops it.";
    case "getting": {
      if (event.done === 0) return `Fetching ${name} (${sizeText(event.size)}).`;
      const percent = percentOf(event);
      return event.size >= LARGE && QUARTERS.has(percent) ? `${percent}% of ${name} is here.` : null;
    }
    case "waiting":
      return `${name} goes on when whoever offers it is connected.`;
    case "saved":
      return `Saved ${name} (${sizeText(event.size)}) as ${oneLine(event.path)}; it is what was offered.`;
    case "failed":
    case "cancelled":
      return `${name}: ${sanitize(event.message)}.`;
  }
}

function percentOf({ done, size }: { done: number; size: number }): number {
  return Math.floor(100 * done / size);
}

function oneLine(name: string): string {
  return sanitize(name).replace(/\s+/gu, " ");
}
