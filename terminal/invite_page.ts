/** What is shown of a room's codes: QR, invite link, spoken code, and what others have to type. @module */
import type { SessionEvent } from "../client/events.ts";
import type { Colour } from "./colour.ts";
import { DEFAULT_RELAY, isLoopback, relayPlace } from "./relay_url.ts";
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
}

/**
 * Lays out a room's codes.
 *
 * @param event The codes.
 * @param page Relay, colours and width.
 */
export function invitePage(event: Extract<SessionEvent, { type: "invite" }>, page: InvitePage): string {
  const { colour, relay } = page;
  const lines: string[] = [];
  const qr = page.drawQr?.(event.invite, { columns: page.columns, colour: colour.on }) ?? null;
  if (qr !== null) lines.push(qr);
  const row = (label: string, text: string): string =>
    `   ${colour.faint(label.padEnd(8))}${colour.strong(sanitize(text))}`;
  lines.push(colour.faint("-- To let others in, give them one of these by a way that you trust:"));
  lines.push(row("invite", event.invite));
  const elsewhere = relay === DEFAULT_RELAY ? "" : ` --relay ${relayPlace(relay)}`;
  if (event.code !== null) lines.push(row("code", event.code));
  if (event.name !== null) lines.push(row("name", event.name));
  const example = event.code ?? event.invite;
  lines.push(
    colour.faint(
      `-- They type: deno run -A client.ts join ${sanitize(example)}${event.code === null ? "" : elsewhere}`,
    ),
  );
  if (isLoopback(relay)) {
    lines.push(
      colour.faint(
        "-- This relay can be reached from this computer only. For others: host --lan, or --relay.",
      ),
    );
  }
  return lines.join("\n");
}
