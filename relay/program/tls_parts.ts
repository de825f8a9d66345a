/** The certificate that the settings ask for. @module */
import type { Audit } from "../audit.ts";
import type { TlsSource } from "../tls.ts";
import type { ProgramIo } from "./io.ts";
import type { Configuration } from "./settings.ts";

/** Where news of certificates go. */
export interface TlsPartsOptions {
  io: ProgramIo;
  audit: Audit;
}

/** Opens the certificate; undefined without TLS. @throws {UsageError} When it cannot be used. */
export async function openTls(
  { settings, sources }: Configuration,
  { io, audit }: TlsPartsOptions,
): Promise<TlsSource | undefined> {
  const { tlsCert: cert, tlsKey: key, tlsSelfSigned, host } = settings;
  if (tlsSelfSigned) {
    const { selfSignedSource } = await import("../tls_in_memory.ts");
    const onRenewed = (message: string): void => {
      io.print(`${message}.`);
      audit.record({ type: "certificate", reason: "renewed" });
    };
    return await selfSignedSource({ hosts: [host], onRenewed });
  }
  if (cert === undefined || key === undefined) return undefined;
  const { openTlsFiles } = await import("../tls_files.ts");
  return await openTlsFiles({
    cert,
    key,
    flags: {
      cert: sources.get("tlsCert")?.by ?? "--tls-cert",
      key: sources.get("tlsKey")?.by ?? "--tls-key",
    },
    onNews: ({ kind, message }) => {
      if (kind === "renewed") io.print(`${message}.`);
      else io.complain(kind === "warning" ? `Warning: ${message}.` : `${message}.`);
      if (kind !== "warning") audit.record({ type: "certificate", reason: kind });
    },
  });
}
