import { transaction } from "@/lib/db";

/**
 * Moves time forward for leases, due dates, and the age of orders whose buyers are on the provider's page. Deadlines do
 * not move, so that no task dies only because the clock is fast. It updates rows that other transactions lock in
 * another order: a deadlock's victim is retried.
 */
export async function advanceTime(seconds: number): Promise<void> {
  await transaction(
    (tx) => tx.$executeRaw`
UPDATE "Task" SET "leaseUntil" = "leaseUntil" - ${seconds} * interval '1 second',
  "dueAt" = "dueAt" - ${seconds} * interval '1 second', "notBefore" = "notBefore" - ${seconds} * interval '1 second'
WHERE state IN ('pending', 'published', 'running')`,
  );
  // An order whose checkout is being opened keeps its age: the provider request is built from it.
  await transaction(
    (tx) => tx.$executeRaw`
UPDATE "Order" SET "createdAt" = "createdAt" - ${seconds} * interval '1 second'
WHERE "sessionId" IS NOT NULL AND status IN ('pending', 'failed') AND "paymentIntentId" IS NULL`,
  );
}

/** Moves time so far that every checkout has expired and everything is due. */
export async function makeEverythingDue(): Promise<void> {
  await advanceTime(900);
  await transaction(
    (tx) => tx.$executeRaw`
UPDATE "Task" SET "leaseUntil" = least("leaseUntil", now() - interval '1 second'),
  "dueAt" = least("dueAt", now() - interval '1 second'), "notBefore" = least("notBefore", now() - interval '1 second')
WHERE state IN ('pending', 'published', 'running')`,
  );
}
