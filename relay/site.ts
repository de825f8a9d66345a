/** What a relay shows to browsers and hands out beside its rooms. @module */
import type { Listing } from "./downloads.ts";

/** The client in one file. */
export interface ClientFile {
  /** The file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, in hexadecimal. */
  readonly sha256: string;
}

/** The client for browsers, a page with everything in it. */
export interface WebPage extends ClientFile {
  /** What a content security policy calls its only script: `sha256-…`. */
  readonly script: string;
  /** The same of its only style. */
  readonly style: string;
}

/** The certificate that the relay itself shows. */
export interface ShownCertificate {
  /** SHA-256, as `AB:CD:…`: of its key, where no issuer stands behind it, as that is what clients are told; else of itself. */
  readonly fingerprint: string;
  /** PEM, when no issuer stands behind it. */
  readonly selfSigned?: string | undefined;
}

/** Pages and files. */
export interface Site {
  /** The client that is served as `/client.js`. */
  readonly client?: ClientFile | undefined;
  /** The client for browsers, served as `/web`. */
  readonly web?: WebPage | undefined;
  /** The files under `/download`. */
  readonly downloads?: Listing | undefined;
  /** The certificate of the moment; undefined where the relay has none itself. */
  readonly certificate?: (() => ShownCertificate | undefined) | undefined;
}

/** Whether a site has something at a path, which is compared byte by byte. */
export function hasPath({ client, web, downloads, certificate }: Site, path: string): boolean {
  switch (path) {
    case "/client.js":
      return client !== undefined;
    case "/web":
      return web !== undefined;
    case "/cert.pem":
      return certificate?.()?.selfSigned !== undefined;
    case "/download":
    case "/install.sh":
    case "/install.ps1":
      return downloads !== undefined;
  }
  const prefix = "/download/";
  return path.startsWith(prefix) && downloads?.files.has(path.slice(prefix.length)) === true;
}
