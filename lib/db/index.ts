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
export { deleteExpired } from "./delete-expired";
export { clearOwner, deleteRows, ERASURE_BATCH_SIZE, findReferences } from "./erase-rows";
export { nameOrderSql, searchByName } from "./name-search";
export { isConflict, isForeignKeyViolation, isUniqueViolation } from "./sql-errors";
