/** How a relay's list of public rooms is shown. All of it is strangers' text. @module */
import type { PublicRoom } from "../client/public_rooms.ts";
import { sanitize, sanitizeName } from "./sanitize.ts";

/** What is said to somebody who wants to join the room that they are in. */
export const HERE_ALREADY = "You are in this room already. /rejoin enters it anew.";

/** Longest topic that is shown, in characters. */
const MAX_TOPIC = 120;

/**
 * Words a list of rooms.
 *
 * @param rooms The rooms.
 * @param place The relay, as `host:port`.
 * @param options.how How one of them is joined from here.
 * @param options.links Shows each room's link below it. @default false
 */
export function roomsText(
  rooms: readonly PublicRoom[],
  place: string,
  { how, links = false }: { how: string; links?: boolean },
): string {
  if (rooms.length === 0) return `No public rooms at ${place}.`;
  const width = String(rooms.length).length + 1;
  const lines = rooms.map(({ name, topic, members, invite }, index) => {
    const head = `${`#${index + 1}`.padStart(width)} ${sanitizeName(name)} (${members.toLocaleString("en")})`;
    const about = shortened(sanitize(topic).trim());
    const line = about === "" ? head : `${head}: ${about}`;
    return links ? `${line}\n${" ".repeat(width + 1)}${invite}` : line;
  });
  const what = rooms.length === 1 ? "One public room" : `${rooms.length} public rooms`;
  return [`${what} at ${place}, with members:`, ...lines, how].join("\n");
}

function shortened(text: string): string {
  const letters = [...text];
  return letters.length <= MAX_TOPIC ? text : `${letters.slice(0, MAX_TOPIC - 1).join("")}…`;
}
