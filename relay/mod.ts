/**
 * The relay: passes opaque frames between the members of rooms, in RAM only.
 *
 * @module
 */
export { type RelayClock, systemClock } from "./clock.ts";
export { type ListenerKind, openRelay, type OpenRelayOptions, type RunningRelay } from "./open_relay.ts";
export { Relay, type RelayOptions, type RelayStats } from "./relay.ts";
export type { RelayConnection, RelaySocket } from "./socket.ts";
