/**
 * The relay: passes opaque frames between the members of rooms, in RAM only.
 *
 * @module
 */
export {
  CloseCode,
  type CloseName,
  ErrorCode,
  type ErrorFrame,
  type ErrorName,
  type Limits,
} from "../wire/mod.ts";
export type { Access, Guest, Login, LoginResult } from "./access.ts";
export type { Audit, AuditEvent, AuditType } from "./audit.ts";
export { type Ban, Bans, type BansOptions } from "./bans.ts";
export { type RelayClock, systemClock } from "./clock.ts";
export { type ConnectionInfo, Control, type RoomInfo } from "./control.ts";
export { Counters, DROP_NAMES, type DropName } from "./counters.ts";
export type { Figures, Level, Totals } from "./figures.ts";
export type { NewToken, TokenInfo } from "./access_tokens.ts";
export type { AdminCredentials, HttpAdmin } from "./http_admin.ts";
export type { Download, Listing } from "./downloads.ts";
export { type RelayHandler, relayHandler, type RelayHandlerOptions } from "./deno_handler.ts";
export type { DoorRules } from "./http_door.ts";
export type { HttpOptions } from "./http_service.ts";
export type { ListenOptions } from "./listener.ts";
export { type ListenerKind, openRelay, type OpenRelayOptions, type RunningRelay } from "./open_relay.ts";
export { Relay, type RelayOptions, type RelayStats } from "./relay.ts";
export type { ClientFile, ShownCertificate, Site, WebPage } from "./site.ts";
export type { RelayConnection, RelaySocket } from "./socket.ts";
export type { TlsPair, TlsSource } from "./tls.ts";
