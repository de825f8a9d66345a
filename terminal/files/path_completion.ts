/** What Tab offers for the path after `/file`: what is in the folder that has been typed, where Sotto may read it. @module */
import { type Completion, type CompletionItem, MAX_ITEMS } from "../input/completion.ts";
import { sanitize } from "../sanitize.ts";
import { expandHome } from "./home.ts";

/** Most entries of a folder that are looked at. */
const MAX_LOOKED_AT = 10_000;

/** The path that ends at the cursor; null where none is being typed, as in `/file plan.pdf @al`. */
function pathBefore(text: string, cursor: number): string | null {
  const typed = /^\/file\s+(\S[^\n]*)$/i.exec(text.slice(0, cursor))?.[1];
  return typed === undefined || /\s@\S*$/.test(typed) ? null : typed;
}

/** Whether a path is being typed that can be completed. */
export function takesPath(text: string, cursor: number): boolean {
  return pathBefore(text, cursor) !== null;
}

/**
 * Finds the files and folders that could be meant at the cursor. What begins with a dot is offered to who types the dot.
 *
 * @param text The text being written.
 * @param cursor Where the cursor stands, in UTF-16 units.
 * @returns The choices; null when nothing fits, or the folder cannot be read.
 */
export async function completePath(text: string, cursor: number): Promise<Completion | null> {
  const typed = pathBefore(text, cursor) ?? "";
  const slash = Math.max(typed.lastIndexOf("/"), Deno.build.os === "windows" ? typed.lastIndexOf("\\") : -1);
  const start = typed.slice(slash + 1);
  const folder = slash < 0 ? "." : expandHome(typed.slice(0, slash + 1));
  const items: CompletionItem[] = [];
  try {
    if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") return null;
    let left = MAX_LOOKED_AT;
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      if (--left < 0) break;
      if (!name.toLowerCase().startsWith(start.toLowerCase())) continue;
      if (sanitize(name) !== name || (name.startsWith(".") && start === "")) continue;
      const insert = isDirectory ? `${name}/` : name;
      items.push({ label: insert, insert: isFile ? `${name} ` : insert });
    }
  } catch {
    return null; // there is no such folder, or it is somebody else's
  }
  if (items.length === 0) return null;
  items.sort((a, b) => a.label < b.label ? -1 : 1);
  const rest = /^\S*/.exec(text.slice(cursor))?.[0].length ?? 0;
  return { kind: "path", from: cursor - start.length, to: cursor + rest, items: items.slice(0, MAX_ITEMS) };
}
