/**
 * Connections to a relay by TLS 1.3, with `ws` on `node:tls`: Deno's own WebSocket takes TLS 1.2, knows no pins, and
 * does not say what is wrong with a certificate. It is only loaded when it is wanted.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { get, type RequestOptions } from "node:https";
import { checkServerIdentity } from "node:tls";
import type { Socket } from "../client/options.ts";
import { concat } from "../crypto/bytes.ts";
import { loadWs } from "./load_ws.ts";
import { type Peek, peekTls, tlsOptions } from "./peek_tls.ts";
import { isPinned, keyPin } from "./pin_match.ts";
import { type AskOptions, type HttpSeen, httpUrl } from "./relay_http.ts";
import { readHealth, type RelayLook } from "./relay_look.ts";
import { isOnThisComputer } from "./relay_url.ts";
import { OTHER_CERTIFICATE, SIGNS_ITSELF, type TlsFailure } from "./tls_failure.ts";
import { TlsSocket, type WsError } from "./tls_socket.ts";
import type { SeenKey } from "./unknown_certificate.ts";

/** Whom to trust. */
export interface Trust {
  /** Issuers to trust in place of the usual ones, PEM. */
  caCerts?: readonly string[] | undefined;
  /** SHA-256 of the one key, or the one certificate, that is accepted (DER). */
  pin?: Uint8Array | undefined;
}

/** How opening ended, when not in a connection. */
export interface TlsRefusal extends TlsFailure {
  /** What the platform said. */
  reason: string;
  /** The certificate, if it signs itself and nothing was said of what the relay should show. */
  seen?: SeenKey | undefined;
}

/** Codes of certificates that were refused. */
const REFUSED = /VERIFY|SELF_SIGNED|ISSUER|CERT/;

/** Opens connections by TLS, and remembers the certificate that a pin was found to name. */
export class TlsConnector {
  readonly #trust: Trust;
  /** The pinned certificates that have been seen, by host. */
  readonly #seen = new Map<string, X509Certificate>();

  /** Makes one for one kind of trust. */
  constructor(trust: Trust) {
    this.#trust = trust;
  }

  /** Opens a WebSocket, or says why not; `signal` ends the attempt. */
  async open(url: string, subprotocol: string, signal: AbortSignal): Promise<Socket | TlsRefusal> {
    const { host } = new URL(url);
    const before = this.#seen.get(host);
    const outcome = await this.#open(url, subprotocol, signal);
    // The certificate of before may have been renewed, with the key that the pin names.
    const mayBeRenewed = before !== undefined && "reason" in outcome && this.#seen.get(host) !== before;
    return mayBeRenewed ? await this.#open(url, subprotocol, signal) : outcome;
  }

  async #open(url: string, subprotocol: string, signal: AbortSignal): Promise<Socket | TlsRefusal> {
    const options = await this.#options(url, signal);
    if ("reason" in options) return options;
    const TlsWebSocket = await loadWs();
    const socket = new TlsWebSocket(url, [subprotocol], { ...options, perMessageDeflate: false });
    const { promise, resolve } = Promise.withResolvers<Socket | TlsRefusal>();
    const onAbort = (): void => resolve({ code: "TIMEOUT", reason: "timed out" });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    let opened = false;
    socket.on("error", (error) => opened || resolve(this.#refusal(url, error, signal))); // "close" follows
    socket.on("open", () => {
      opened = true;
      resolve(new TlsSocket(socket));
    });
    const outcome = await promise;
    signal.removeEventListener("abort", onAbort);
    if ("reason" in outcome) socket.terminate();
    return outcome;
  }

  /** What `/health` beside the WebSocket path says, by the same trust. */
  async look(url: string, signal: AbortSignal): Promise<RelayLook> {
    const seen = await this.request(url, "health", { method: "GET", limit: 65_536, signal });
    return "reason" in seen ? "other" : readHealth(new TextDecoder().decode(seen.body));
  }

  /** What a path beside the WebSocket's answers, by the same trust. */
  async request(url: string, path: string, how: AskOptions): Promise<HttpSeen | TlsRefusal> {
    const { method, limit, signal } = how;
    const options = await this.#options(url, signal);
    if ("reason" in options) return options;
    const { promise, resolve } = Promise.withResolvers<HttpSeen | TlsRefusal>();
    const request = get(httpUrl(url, path), { ...options, method, signal, agent: false }, (response) => {
      const parts: Uint8Array[] = [];
      let length = 0;
      response.on("data", (part: Uint8Array) => {
        parts.push(part);
        if ((length += part.length) > limit) request.destroy();
      });
      response.on("close", () => {
        const { statusCode: status = 0, headers } = response;
        const digest = headers["repr-digest"];
        if (!response.complete) {
          return resolve({ code: "CUT", reason: "the answer broke off, or is too long" });
        }
        resolve({ status, digest: typeof digest === "string" ? digest : null, body: concat(...parts) });
      });
    });
    request.on("error", async (error: WsError) => resolve(await this.#refusal(url, error, signal)));
    return await promise;
  }

  /** What `node:tls` needs to know to trust the right one. */
  async #options(url: string, signal: AbortSignal): Promise<RequestOptions | TlsRefusal> {
    const { caCerts, pin } = this.#trust;
    const { servername, minVersion } = tlsOptions(url);
    const usual: RequestOptions = {
      minVersion,
      rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
      ...(servername === undefined ? {} : { servername }),
      ...(caCerts === undefined ? {} : { ca: [...caCerts] }),
    };
    if (pin === undefined) return usual;
    const { host } = new URL(url);
    const certificate = this.#seen.get(host) ?? await pinnedCertificate(url, pin, signal);
    if ("reason" in certificate) return certificate;
    this.#seen.set(host, certificate);
    // One that signs itself is its own issuer, whatever names it has; any other must stand the usual tests as well.
    return certificate.verify(certificate.publicKey)
      ? { ...usual, ca: [certificate.toString()], checkServerIdentity: (_, { raw }) => checkPin(raw, pin) }
      : {
        ...usual,
        checkServerIdentity: (name, given) => checkPin(given.raw, pin) ?? checkServerIdentity(name, given),
      };
  }

  /** Looks closer at a certificate that was refused: the platform says the same of most that are. */
  async #refusal(url: string, error: WsError, signal: AbortSignal): Promise<TlsRefusal> {
    const refusal = { code: error.code ?? "", reason: error.message, names: error.cert?.subjectaltname };
    if (!REFUSED.test(refusal.code)) return refusal;
    const { pin } = this.#trust;
    const peek = await peekTls(url, signal);
    if (pin !== undefined) this.#seen.delete(new URL(url).host);
    if (peek.kind !== "tls") return pin === undefined ? refusal : { ...refusal, code: OTHER_CERTIFICATE };
    if (pin !== undefined && !isPinned(peek.certificate, pin)) return { ...refusal, code: OTHER_CERTIFICATE };
    const late = outOfTime(peek.certificate);
    if (late !== undefined) return { ...refusal, code: late };
    return { ...refusal, seen: pin === undefined ? this.#unknown(url, refusal.code, peek) : undefined };
  }

  /** What was seen of a certificate that signs itself, where nobody has named one, nor an issuer. */
  #unknown(url: string, code: string, peek: Peek & { kind: "tls" }): SeenKey | undefined {
    if (code !== SIGNS_ITSELF || this.#trust.caCerts !== undefined) return undefined;
    const pin = keyPin(peek.certificate);
    return pin && { pin, local: isOnThisComputer(url, peek.remote) };
  }
}

/** Whether a certificate is from another time; it may come from anybody, and be anything. */
function outOfTime(der: Uint8Array): string | undefined {
  try {
    const { validFrom, validTo } = new X509Certificate(Buffer.from(der));
    const now = Date.now();
    if (now < Date.parse(validFrom)) return "CERT_NOT_YET_VALID";
    return now > Date.parse(validTo) ? "CERT_HAS_EXPIRED" : undefined;
  } catch {
    return undefined;
  }
}

/** Asks for the certificate and compares it with the pin. That its owner has the key is proven by the connection to come. */
async function pinnedCertificate(
  url: string,
  pin: Uint8Array,
  signal: AbortSignal,
): Promise<X509Certificate | TlsRefusal> {
  const peek = await peekTls(url, signal);
  const failed = (code: string): TlsRefusal => ({ code, reason: code });
  if (peek.kind === "plain") return failed("ERR_SSL_WRONG_VERSION_NUMBER");
  if (peek.kind === "old_tls") return failed("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
  // Any certificate passes a look: one that does not is shown by somebody who lacks its key.
  if (peek.kind === "silent") return failed(REFUSED.test(peek.code) ? OTHER_CERTIFICATE : peek.code);
  return isPinned(peek.certificate, pin)
    ? new X509Certificate(Buffer.from(peek.certificate))
    : failed(OTHER_CERTIFICATE);
}

/** Looks at the certificate of the very connection that is used. */
function checkPin(certificate: Uint8Array, pin: Uint8Array): Error | undefined {
  if (isPinned(new Uint8Array(certificate), pin)) return undefined;
  return Object.assign(new Error("not the pinned certificate"), { code: OTHER_CERTIFICATE });
}
