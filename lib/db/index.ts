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
export { clearOwner, deleteRows, ERASURE_BATCH_SIZE, findReferences } from "./erase-rows";
export { isConflict, isForeignKeyViolation, isUniqueViolation } from "./sql-errors";
