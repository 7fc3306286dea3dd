export { AUDIT_ACTIONS, type AuditAction, type AuditSubject } from "./actions";
export { anonymiseAuditBatch } from "./erase-account";
export {
  type AuditEntryView,
  type AuditPage,
  auditEntrySchema,
  auditPageSchema,
  auditQuerySchema,
  listAudit,
} from "./list-audit";
export { type AuditContext, type AuditRecord, recordAudit } from "./record-audit";
