/** What is wrong with a relay's TLS, in one sentence for each case. @module */
import { type SeenKey, shownPin } from "./unknown_certificate.ts";

/** What a refused handshake left behind; all of it comes from the other end and from nobody who is trusted. */
export interface TlsFailure {
  /** The platform's code, such as `CERT_HAS_EXPIRED`. */
  code: string;
  /** The alternative names of the certificate, as `node:tls` writes them. */
  names?: string | undefined;
  /** Who names the certificate that was expected; `seen` is what the relay itself has shown before. @default "invite" */
  pinnedBy?: "invite" | "--pin" | "seen" | undefined;
  /** What a certificate that signs itself has shown. */
  seen?: SeenKey | undefined;
}

/** Code of our own: the certificate is not the one that the pin names. */
export const OTHER_CERTIFICATE = "SOTTO_OTHER_CERTIFICATE";
/** The platform's code for a certificate that signs itself and is not known. */
export const SIGNS_ITSELF = "DEPTH_ZERO_SELF_SIGNED_CERT";

/** What the certificate should have been, and what to do. */
const EXPECTED = {
  invite: [
    "the invite says",
    "ask whoever invited you whether the relay has a new certificate, and for a new invite",
  ],
  "--pin": ["--pin says", "ask its operator whether it has a new certificate, and for its fingerprint"],
  seen: [
    "it showed before",
    "ask its operator whether it was started anew; if so, start this client anew as well",
  ],
} as const;

/** A code for programs and a sentence for people; null when TLS is not what failed. */
export function tlsTrouble(
  { code, names, seen, pinnedBy = "invite" }: TlsFailure,
  hostname: string,
): { code: string; why: string } | null {
  const bad = (why: string): { code: string; why: string } => ({ code: "bad_certificate", why });
  switch (code) {
    case OTHER_CERTIFICATE: {
      const [expected, advice] = EXPECTED[pinnedBy];
      return {
        code: "other_certificate",
        why:
          `it shows another certificate than ${expected}: someone may be in between. Nothing was sent; ${advice}`,
      };
    }
    case "CERT_HAS_EXPIRED":
      return bad(
        "its certificate has expired; its operator must renew it (or this computer's clock is wrong)",
      );
    case "CERT_NOT_YET_VALID":
      return bad("its certificate is not valid yet; is this computer's clock right?");
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return bad(
        `its certificate is for ${
          shown(names)
        }, not for ${hostname}; use the name that it is for, or ask its operator`,
      );
    case SIGNS_ITSELF:
      return bad(
        "its certificate is self-signed, and nothing here says that it is the right one; join by an invite link, " +
          "name the certificate with --ca FILE, " +
          (seen === undefined
            ? "or its fingerprint with --pin"
            : `or, if the relay has printed the same at its start, with --pin ${shownPin(seen.pin)}`),
      );
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return bad(
        "nobody whom this computer trusts has issued its certificate; " +
          "if it comes from an authority of your own, name that with --ca FILE",
      );
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return {
        code: "no_tls",
        why: "what answers there does not speak TLS; if that is right, write ws:// in place of wss://",
      };
    case "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION":
    case "ERR_SSL_UNSUPPORTED_PROTOCOL":
      return {
        code: "old_tls",
        why: "it speaks only TLS 1.2 or older, and Sotto asks for 1.3; update what serves it",
      };
    default:
      return /CERT|SSL|TLS/.test(code) ? bad(`its TLS cannot be trusted (${code.replace(/\W/g, "")})`) : null;
  }
}

/** Names from a certificate that nobody has checked: only what names are made of is shown, and not too many. */
function shown(names = ""): string {
  const all = [...names.matchAll(/(?:DNS|IP Address):([\w.*:-]{1,80})/g)].map(([, name]) => name);
  if (all.length === 0) return "another name";
  return all.slice(0, 3).join(", ") + (all.length > 3 ? " and others" : "");
}
