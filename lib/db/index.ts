export { Prisma } from "../../prisma/generated/client";
export { db, disconnectDb } from "./client";
export { isConflict, isForeignKeyViolation, isUniqueViolation, retryOnConflict } from "./conflict";
export { afterCommit, isInTransaction, type Transaction, transaction } from "./transaction";
