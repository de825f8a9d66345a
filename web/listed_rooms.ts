/** The rooms that a relay lists for everybody. All of it is strangers' text. @module */
import { listRooms, type PublicRoom } from "../client/mod.ts";
import { sanitize, sanitizeName } from "../terminal/sanitize.ts";
import { openWindow } from "./dialogs.ts";
import { button, el } from "./dom.ts";
import { loginsOf, type Wish } from "./visit.ts";

/** Longest topic that is shown, in characters. */
const MAX_TOPIC = 120;

/**
 * Asks for the rooms and shows them.
 *
 * @param relay The relay's WebSocket address.
 * @param logins What it may ask for.
 * @param join Called with the invite of the one that is chosen.
 * @throws {ClientError} Why there is no list.
 */
export async function showListedRooms(
  relay: string,
  logins: Wish["logins"],
  join: (invite: string) => void,
): Promise<void> {
  const rooms = await listRooms(relay, { login: loginsOf(logins) });
  const close = openWindow(
    "Public rooms of this relay",
    el("p", {
      class: "soft",
      text: rooms.length === 0
        ? "There are none now."
        : "Anybody there can see and enter them, the relay's operator too.",
    }),
    el("ul", { class: "plain" }, ...rooms.map((room) => itemOf(room, (invite) => (close(), join(invite))))),
  );
}

function itemOf({ name, topic, members, invite }: PublicRoom, join: (invite: string) => void): HTMLElement {
  const choose = button("", () => join(invite), { class: "person" });
  const about = [...sanitize(topic).trim()].slice(0, MAX_TOPIC).join("");
  const count = members === 1 ? "1 member" : `${members.toLocaleString("en")} members`;
  choose.append(
    el("bdi", { class: "name", text: sanitizeName(name) }),
    el("small", { text: about === "" ? count : `${count}: ${about}` }),
  );
  return el("li", {}, choose);
}
