/** What is shown of a room's codes: QR, invite link, spoken code, and what others have to type. @module */
import { parseInvite } from "../crypto/invite.ts";
import type { SessionEvent } from "../client/events.ts";
import { asInstalled, homeRelay, STARTED, type Started } from "../relay/program/own_name.ts";
import type { Colour } from "./colour.ts";
import { DEFAULT_RELAY, isLoopback, relayPlace, relayUrl } from "./relay_url.ts";
import { sanitize } from "./sanitize.ts";

/** See `qr.ts`, which is only loaded where it is needed. */
export type DrawQr = (text: string, options: { columns: number; colour: boolean }) => string | null;

/** What the page depends on. */
export interface InvitePage {
  /** The relay's URL. */
  relay: string;
  /** Colours of the output. */
  colour: Colour;
  /** Width there is. */
  columns: number;
  /** Draws QR codes; null where none is wanted. */
  drawQr: DrawQr | null;
  /** Whether the relay's certificate is known by a file given with `--ca`. @default false */
  needsCa?: boolean | undefined;
  /** How this program was started. @default as it was */
  started?: Started | undefined;
}

/** A piece of the page. */
export interface InvitePart {
  /** One line, or the rows of a QR code. */
  text: string;
  /** Whether it is to be kept as it is, for copying or for a phone; else it is prose, to be broken by words. */
  asIs: boolean;
}

/**
 * Lays out a room's codes.
 *
 * @param event The codes.
 * @param page Relay, colours and width.
 */
export function inviteParts(
  event: Extract<SessionEvent, { type: "invite" }>,
  page: InvitePage,
): InvitePart[] {
  const { colour, relay } = page;
  const parts: InvitePart[] = [];
  const row = (label: string, text: string): void =>
    keep(`   ${colour.faint(label.padEnd(8))}${colour.strong(sanitize(text))}`);
  const keep = (text: string): void => void parts.push({ text, asIs: true });
  const tell = (text: string): void => void parts.push({ text: colour.faint(`-- ${text}`), asIs: false });
  tell("To let others in, give them one of these by a way that you trust:");
  row("invite", event.invite);
  if (isLoopback(relay)) {
    tell(
      "Only this computer can reach this relay. For others start with host --lan, or name a relay with --relay.",
    );
  }
  // So low that it is whole on a screen of 24 rows, and what is typed most often is still below it.
  const qr = page.drawQr?.(event.invite, { columns: page.columns, colour: colour.on }) ?? null;
  if (qr !== null) keep(qr);
  if (event.code !== null) row("code", event.code);
  if (event.name !== null) row("name", event.name);
  keep(
    colour.faint(
      `-- They type: ${asInstalled(JOIN, page.started)} ${sanitize(whatToType(event, relay, page))}`,
    ),
  );
  if (page.needsCa === true) tell(CA_NOTE);
  const password = passwordNote(event);
  if (password !== null) tell(password);
  return parts;
}

/** The same in one text. */
export function invitePage(event: Extract<SessionEvent, { type: "invite" }>, page: InvitePage): string {
  return inviteParts(event, page).map(({ text }) => text).join("\n");
}

/** What to say of a named room's password; null where there is none to be asked for. */
export function passwordNote(
  { code, name, password }: Extract<SessionEvent, { type: "invite" }>,
): string | null {
  if (code !== null || name === null || password === false) return null;
  return password === true
    ? "This room has a password: they add --ask-password."
    : "If the room has a password, they add --ask-password.";
}

/** What others type before the code, as a checkout says it. */
export const JOIN = "deno run -A client.ts join";

/** What `FILE` behind `--ca` stands for. */
export const CA_NOTE = "FILE is the certificate that you named with --ca; give it to them as well.";

/** The shortest code, with the relay where the code does not tell it. */
export function whatToType(
  event: Extract<SessionEvent, { type: "invite" }>,
  relay: string,
  { needsCa = false, started = STARTED }: Pick<InvitePage, "needsCa" | "started"> = {},
): string {
  const ca = needsCa ? " --ca FILE" : "";
  // Only the link carries the certificate by which a relay without an issuer is known.
  if (isPinned(event.invite)) return `"${event.invite}"${ca}`;
  const home = homeRelay(started);
  const usual = home === undefined ? DEFAULT_RELAY : relayUrl(home);
  const elsewhere = (relay === usual ? "" : ` --relay ${relayArgument(relay)}`) + ca;
  if (event.code !== null) return event.code + elsewhere;
  if (event.name === null) return event.invite + ca;
  const name = /\s/.test(event.name) ? `"${event.name}"` : event.name;
  return name + elsewhere;
}

function isPinned(invite: string): boolean {
  try {
    return parseInvite(invite).certHash !== undefined;
  } catch {
    return false;
  }
}

/** A relay as short as it can be written for `--relay`; a bare host elsewhere would be spoken to with TLS. */
function relayArgument(relay: string): string {
  const bare = relay.startsWith("ws:") && relay.endsWith("/ws") && isLoopback(relay);
  return bare ? relayPlace(relay) : relay.replace(/\/ws$/, "");
}
