export { AUDIT_ACTIONS, type AuditAction, type AuditSubject } from "./actions";
export { anonymiseAuditOf } from "./forget";
export {
  type AuditEntryView,
  type AuditPage,
  auditEntrySchema,
  auditPageSchema,
  auditQuerySchema,
  listAudit,
} from "./list";
export { type AuditContext, type AuditRecord, recordAudit } from "./record";
