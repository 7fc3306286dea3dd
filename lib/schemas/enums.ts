/**
 * The database's enums, as Prisma generates them from prisma/schema.prisma: objects without zod, so the browser may
 * import them. A schema of one is `z.enum(OrderStatus)`. A new value is an edit of the schema and a migration.
 */
export {
  BonusKind,
  BotExecutionState,
  BotMessageState,
  BotState,
  ChatKind,
  ChatRole,
  ContactPolicy,
  FilePurpose,
  FileStatus,
  MintState,
  NotificationLevel,
  OrderStatus,
  ProductKind,
  ReportReason,
  ReportState,
  ReportTarget,
  Role,
  TaskState,
  TrackStatus,
  VariantKind,
} from "../../prisma/generated/enums";
