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
export { nameOrderSql, searchByName } from "./name-search";
export { isConflict, isForeignKeyViolation, isUniqueViolation } from "./sql-errors";
