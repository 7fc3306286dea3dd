export { AUDIT_ACTIONS, type AuditAction, type AuditSubject } from "./actions";
export {
  type AuditEntryView,
  type AuditPage,
  auditEntrySchema,
  auditPageSchema,
  auditQuerySchema,
  listAudit,
} from "./list";
export { type AuditRecord, recordAudit } from "./record";
