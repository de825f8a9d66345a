/** The audit log that the settings ask for. @module */
import { type Audit, NO_AUDIT } from "../audit.ts";
import type { ProgramIo } from "./io.ts";
import type { Settings } from "./settings_table.ts";
import { UsageError } from "../usage_error.ts";

/** An audit log that is open. */
export interface AuditParts {
  audit: Audit;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** Opens the audit log; without one, nothing is kept. @throws {UsageError} When it cannot be written. */
export async function openAudit(settings: Settings, io: ProgramIo): Promise<AuditParts> {
  const { auditLog: path, auditIps: ips, auditMaxSize: maxBytes } = settings;
  if (path === undefined) return { audit: NO_AUDIT, close: () => Promise.resolve() };
  const { AuditLog } = await import("../audit_log.ts");
  const options = { path, ips, maxBytes, print: io.record ?? io.print, complain: io.complain };
  const audit = make(() => new AuditLog(options));
  return { audit, close: () => audit.close() };
}

function make<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error} (--audit-log)`, { cause: error });
  }
}
