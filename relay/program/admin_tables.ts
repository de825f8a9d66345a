/** What the commands for a running relay print: plain text in columns. @module */
import type { AdminAccount, AdminToken, Status } from "../admin_desk.ts";
import type { Ban } from "../bans.ts";
import type { ConnectionInfo, RoomInfo } from "../control.ts";

/** Rows under a heading, each column as wide as its widest cell; one line for none. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  none: string,
): string {
  if (rows.length === 0) return none;
  const lines = [heading, ...rows].map((row) => row.map(clean));
  const widths = heading.map((_, column) => Math.max(...lines.map((row) => (row[column] ?? "").length)));
  return lines.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd()).join(
    "\n",
  );
}

/** What others have named cannot move the cursor. */
function clean(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}

/** A time in its two largest units. */
export function showAge(ms: number): string {
  let rest = Math.max(0, Math.floor(ms / 1_000));
  const parts: string[] = [];
  for (const [unit, size] of [["d", 86_400], ["h", 3_600], ["m", 60], ["s", 1]] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || (unit === "s" && parts.length === 0)) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}

/** Bytes in the unit that suits them. */
export function showBytes(bytes: number): string {
  let unit = 0;
  while (bytes >= 1_024 && unit < 4) {
    bytes /= 1_024;
    unit++;
  }
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${
    ["B", "KB", "MB", "GB", "TB"][unit]
  }`;
}

/** Numbers with thousands apart. */
export function showCount(count: number): string {
  return count.toLocaleString("en");
}

/** `status`. */
export function showStatus(status: Status): string {
  const { totals, connections, rooms, bufferedBytes, ringBytes, lag } = status;
  const state = status.draining
    ? "draining: it takes no new rooms"
    : status.near.length > 0
    ? `nearly full: ${status.near.join(", ")}`
    : "healthy";
  const of = ({ now, most }: { now: number; most: number }, show = showCount): string =>
    `${show(now)} of ${show(most)}`;
  const lines: [string, string][] = [
    ["relay", `${status.version}, up for ${showAge(status.uptimeMs)}`],
    ["state", state],
    [
      "connections",
      `${of(connections)}; ${showCount(status.online)} in rooms, ${showCount(status.knockers)} knocking`,
    ],
    ["rooms", `${of(rooms)}; ${showCount(status.listedRooms)} listed`],
    ["messages", `${showCount(totals.messages)} taken, ${showCount(totals.deliveries)} delivered`],
    ["bytes", `${showBytes(totals.bytesIn)} in, ${showBytes(totals.bytesOut)} out`],
    ["unsent", `${of(bufferedBytes, showBytes)}; slowest reader ${showBytes(status.largestBufferedBytes)}`],
    ["kept to resume", of(ringBytes, showBytes)],
    ["memory", showBytes(status.memoryBytes)],
    ["event loop", `${lag.max.toFixed(1)} ms late at worst, ${lag.mean.toFixed(1)} ms on the average`],
    ["refusals", counts(totals.refusals)],
    ["closed", counts(totals.closes)],
    ["dropped", counts(totals.drops)],
    ["bans", showCount(status.bans)],
  ];
  if (status.activeTokens !== undefined) lines.push(["tokens", showCount(status.activeTokens)]);
  return lines.map(([name, value]) => `${name.padEnd(15)} ${value}`).join("\n");
}

/** Words with their numbers, the most first; those of none are left out. */
export function counts(of: Record<string, number | undefined>): string {
  const there = Object.entries(of).filter((entry): entry is [string, number] => (entry[1] ?? 0) > 0);
  there.sort((a, b) => b[1] - a[1]);
  return there.map(([word, count]) => `${word} ${showCount(count)}`).join(", ") || "none";
}

/** `rooms`. */
export function showRooms(rooms: readonly RoomInfo[]): string {
  const rows = rooms.map(({ id, members, knockers, ringBytes, ageMs }) => [
    id,
    showCount(members),
    showCount(knockers),
    showBytes(ringBytes),
    showAge(ageMs),
  ]);
  return table(["ROOM", "MEMBERS", "KNOCKING", "KEPT", "AGE"], rows, "There are no rooms.");
}

/** `connections`. */
export function showConnections(connections: readonly ConnectionInfo[]): string {
  const rows = connections.map(({ id, ip, member, bufferedBytes, ageMs }) => [
    String(id),
    ip,
    member ? "yes" : "no",
    showBytes(bufferedBytes),
    showAge(ageMs),
  ]);
  return table(["NUMBER", "ADDRESS", "IN A ROOM", "UNSENT", "AGE"], rows, "Nobody is connected.");
}

/** `bans`. */
export function showBans(bans: readonly Ban[]): string {
  const rows = bans.map((
    { cidr, reason, leftMs },
  ) => [cidr, leftMs === undefined ? "-" : showAge(leftMs), reason]);
  return table(["ADDRESS", "ENDS IN", "REASON"], rows, "Nobody is banned.");
}

/** `tokens`; `now` in milliseconds since 1970. */
export function showTokens(tokens: readonly AdminToken[], now: number): string {
  const rows = tokens.map(({ id, name, expiresAt, uses, maxUses, ip }) => [
    id,
    name,
    showAge(expiresAt - now),
    maxUses === undefined ? String(uses) : `${uses} of ${maxUses}`,
    ip ?? "any",
  ]);
  return table(["ID", "NAME", "ENDS IN", "USES", "ADDRESS"], rows, "There are no tokens.");
}

/** `accounts`. */
export function showAccounts(accounts: readonly AdminAccount[]): string {
  const rows = accounts.map(({ name, disabled, operator, created }) => [
    name,
    disabled ? "disabled" : "open",
    operator ? "operator" : "",
    created,
  ]);
  return table(["NAME", "STATE", "ROLE", "SINCE"], rows, "There are no accounts.");
}
