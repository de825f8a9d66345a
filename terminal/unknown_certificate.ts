/** A certificate that signs itself, at a relay of which nobody has said what it should show. @module */
import { ClientError } from "../client/errors.ts";

/** What was seen of such a certificate. It comes from the other end, and from nobody who is trusted. */
export interface SeenKey {
  /** SHA-256 of its key, for a pin. */
  pin: Uint8Array;
  /** Whether the relay is on this computer: by what it is called, and by the address that has answered. */
  local: boolean;
}

/** The refusal of such a certificate, with what was seen. */
export class UnknownCertificate extends ClientError {
  /** What was seen. */
  readonly seen: SeenKey;

  /** Makes one out of the refusal in words. */
  constructor({ code, message, status, cause }: ClientError, seen: SeenKey) {
    super(code, message, { status, cause });
    this.seen = seen;
  }
}

/** A fingerprint as relays show it: `AB:CD:…`. */
export function shownPin(pin: Uint8Array): string {
  return pin.toHex().toUpperCase().match(/../g)?.join(":") ?? "";
}
