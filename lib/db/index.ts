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
export {
  claimIdempotencyKey,
  findRepeatedWrite,
  type RepeatableWrite,
  tidyIdempotencyKeys,
} from "./idempotency-key";
export { reportRoleSettings } from "./report-role-settings";
export { prepareRole } from "./role-settings";
export { isConflict, isForeignKeyViolation, isUniqueViolation } from "./sql-errors";
