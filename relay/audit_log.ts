/** The audit log: events as lines in a file. @module */
export type { Audit, AuditEvent, AuditType } from "./audit.ts";
export { NO_AUDIT } from "./audit.ts";
