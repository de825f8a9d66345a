/**
 * What becomes of a relay whose certificate nobody vouches for. It is never taken unseen: on this computer, where one
 * may go without TLS as well, it is taken and told; anywhere else a person compares it first. From then on the relay is
 * known by it, for the rest of the run and in the invites that are made there, as if `--pin` had named it.
 *
 * @module
 */
import { ClientError } from "../client/errors.ts";
import type { Asker } from "./relay_door.ts";
import { relayPlace } from "./relay_url.ts";
import { shownPin, type UnknownCertificate } from "./unknown_certificate.ts";

/** The certificates of this run, by relay. In RAM only. */
export class SeenCertificates {
  readonly #pins = new Map<string, Uint8Array>();
  readonly #asker: Asker | null;

  /** A book for one run; `asker` is null where nobody sits. */
  constructor(asker: Asker | null) {
    this.#asker = asker;
  }

  /** What a relay is known by; undefined if nothing was taken there. */
  of(relay: string): Uint8Array | undefined {
    return this.#pins.get(relayPlace(relay));
  }

  /** Whether a pin is one of these. */
  has(pin: Uint8Array): boolean {
    return [...this.#pins.values()].some((known) => known.toHex() === pin.toHex());
  }

  /**
   * Meets a certificate; returns when it may be used from now on.
   *
   * @param refusal What was seen, and why it was refused.
   * @param relay The relay.
   * @param tell Is told what the user should know.
   * @throws {ClientError} When it may not be used.
   */
  async meet(
    refusal: UnknownCertificate,
    relay: string,
    tell: (code: string, message: string) => void,
  ): Promise<void> {
    const { pin, local } = refusal.seen;
    const [place, shown] = [relayPlace(relay), shownPin(pin)];
    if (local) {
      tell(
        "certificate_seen",
        `The relay at ${place} signs its own certificate; it runs on this computer, so this one is taken, and no other ` +
          `from now on. Invites carry it (SHA-256 ${shown})`,
      );
    } else {
      if (this.#asker === null) throw refusal;
      this.#asker.say(
        `Nobody vouches for the relay at ${place}: it signs its own certificate. The SHA-256 that it shows here: ${shown}`,
      );
      const answer = await this.#asker.ask(
        "Has the relay printed this SHA-256 at its start? Type yes to take it: ",
        { secret: false },
      );
      if (answer?.trim().toLowerCase() !== "yes") throw notTaken(place, refusal);
    }
    this.#pins.set(place, pin);
  }
}

function notTaken(place: string, cause: Error): ClientError {
  return new ClientError(
    "bad_certificate",
    `Cannot reach the relay at ${place}: you have not taken its certificate, and nothing was sent. ` +
      "Ask its operator for the SHA-256 that it printed at its start, or for an invite",
    { status: 3, cause },
  );
}
