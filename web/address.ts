/** What the address of the page says: which relay it is from, and the invite behind its `#`. @module */

/** The parts of `location` that matter. */
export interface Place {
  protocol: string;
  host: string;
  hash: string;
}

/** What `#` may be followed by: an invite's payload, as the relay's own page takes it. */
const PAYLOAD = /^#[A-Za-z0-9_-]{50,2000}$/;

/** The relay that a page came from; null for one that was opened from a file. */
export function relayOf({ protocol, host }: Place): string | null {
  if (protocol === "https:") return `wss://${host}/ws`;
  return protocol === "http:" ? `ws://${host}/ws` : null;
}

/** The invite in the address of a page that a relay serves; null without one, `damaged` where it is none. */
export function inviteIn({ protocol, host, hash }: Place): string | "damaged" | null {
  if (hash === "" || hash === "#") return null;
  return PAYLOAD.test(hash) ? `${protocol}//${host}/${hash}` : "damaged";
}

/** The same invite as a link that opens this page, where the relay serves it. */
export function webLink(invite: string): string {
  return invite.replace(/^(https?:\/\/[^/]+)\/#/, "$1/web#");
}

/** Where a room is to be looked for. */
export interface Target {
  relay: string;
  code: string;
}

/**
 * Which relay a code leads to, for a page of the relay `own`. An invite may lead to another one, where this page cannot
 * go: its policy lets it speak to its own alone.
 *
 * @param code What was typed, or came with the address.
 * @param own The relay of the page; null for one that was opened from a file.
 * @param typed The relay that was typed, for such a page.
 * @returns The target, or a sentence.
 */
export function targetOf(code: string, own: string | null, typed: string): Target | string {
  const link = /^(https?):\/\/([^/]+)\/(?:web)?#(.*)$/.exec(code.trim());
  if (link === null) {
    const relay = own ?? typed;
    return relay === ""
      ? "Say which relay: a room's name or spoken code does not tell."
      : { relay, code: code.trim() };
  }
  const [, scheme, host = "", payload] = link;
  const invite = `${scheme}://${host.toLowerCase()}/#${payload}`;
  if (own === null) return { relay: "", code: invite };
  if (new URL(own).host === host.toLowerCase()) return { relay: own, code: invite };
  return `This invite is for another relay, and this page can speak to its own alone. Open ${scheme}://${host}/web there.`;
}
