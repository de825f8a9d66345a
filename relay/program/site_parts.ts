/** What the relay serves beside its rooms, as the settings say. @module */
import { X509Certificate } from "node:crypto";
import { listDownloads } from "../downloads.ts";
import type { ShownCertificate, Site } from "../site.ts";
import { formatFingerprint, keyFingerprint, type TlsSource } from "../tls.ts";
import { ownClientFile, readClientFile } from "./client_file.ts";
import type { ProgramIo } from "./io.ts";
import type { Configuration } from "./settings.ts";
import { ownWebPage, readWebPage } from "./web_file.ts";

/** So many files that are left out are named. */
const MAX_NAMED = 20;

/** Reads what is to be served. @throws {UsageError} When a file or the folder cannot be used. */
export async function openSite(
  { settings, sources }: Configuration,
  { io, tls }: { io: ProgramIo; tls: TlsSource | undefined },
): Promise<Site> {
  const { serveClient, clientJs, web: serveWeb, webPage, downloads: folder } = settings;
  const by = (name: "serveClient" | "clientJs" | "web" | "webPage" | "downloads"): string =>
    sources.get(name)?.by ?? name;
  const client = clientJs !== undefined
    ? await readClientFile(clientJs, by("clientJs"))
    : serveClient
    ? await ownClientFile(by("serveClient"))
    : undefined;
  const web = webPage !== undefined
    ? await readWebPage(webPage, by("webPage"))
    : serveWeb
    ? await ownWebPage(by("web"))
    : undefined;
  const downloads = folder === undefined ? undefined : await listDownloads(folder, by("downloads"));
  for (const { name, why } of downloads?.leftOut.slice(0, MAX_NAMED) ?? []) {
    io.complain(`Warning: ${by("downloads")} leaves out ${plain(name)}: ${why}.`);
  }
  const more = (downloads?.leftOut.length ?? 0) - MAX_NAMED;
  if (more > 0) io.complain(`Warning: ${by("downloads")} leaves out ${more} more.`);
  return { client, web, downloads, certificate: tls && (() => shown(tls)) };
}

const known = new WeakMap<TlsSource, { pem: string; shown: ShownCertificate }>();

/** The certificate in force; it is looked at anew only when it is another. */
function shown(tls: TlsSource): ShownCertificate {
  const { cert } = tls.current();
  const before = known.get(tls);
  if (before?.pem === cert) return before.shown;
  const certificate = new X509Certificate(cert);
  const alone = certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);
  const found = {
    fingerprint: alone ? formatFingerprint(keyFingerprint(certificate)) : certificate.fingerprint256,
    selfSigned: alone ? `${certificate.toString().trim()}\n` : undefined,
  };
  known.set(tls, { pem: cert, shown: found });
  return found;
}

/** A name on one line, short, and without what a terminal would obey. */
function plain(name: string): string {
  const text = JSON.stringify(name.slice(0, 80)).replace(/[^\x20-\x7e]/g, "?");
  return name.length > 80 ? `${text.slice(0, -1)}…"` : text;
}
