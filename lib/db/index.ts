export { Prisma } from "../../prisma/generated/client";
export {
  afterCommit,
  db,
  disconnectDb,
  isInTransaction,
  retryOnConflict,
  type Transaction,
  transaction,
} from "./client";
export { deleteExpired, deleteExpiredUntil } from "./delete-expired";
export { clearOwner, deleteRows, ERASURE_BATCH_SIZE, findReferences } from "./erase-rows";
export { existingPost } from "./existing-post";
export {
  claimIdempotencyKey,
  findRepeatedWrite,
  type RepeatableWrite,
  tidyIdempotencyKeys,
} from "./idempotency-key";
export { hasTrigram, nameOrderSql, searchByName } from "./name-search";
export { reportRoleSettings } from "./report-role-settings";
export { prepareRole } from "./role-settings";
export { isConflict, isForeignKeyViolation, isUniqueViolation } from "./sql-errors";
