export { db, disconnectDb } from "./client";
export { isConflict, isForeignKeyViolation, isUniqueViolation, retryOnConflict } from "./conflict";
export { Prisma } from "./generated/client";
export { afterCommit, isInTransaction, type Transaction, transaction } from "./transaction";
