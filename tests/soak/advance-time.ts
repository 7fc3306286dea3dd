import { transaction } from "@/lib/db";

/**
 * Lets time go by for everything that waits for it: leases, due dates, and the age of orders whose buyers are on the
 * provider's page. Deadlines stand still, so that nothing dies of a fast clock alone. It changes rows that others lock in another order: a deadlock's victim is run again.
 */
export async function advanceTime(seconds: number): Promise<void> {
  await transaction(
    (tx) => tx.$executeRaw`
UPDATE "Task" SET "leaseUntil" = "leaseUntil" - ${seconds} * interval '1 second',
  "dueAt" = "dueAt" - ${seconds} * interval '1 second', "notBefore" = "notBefore" - ${seconds} * interval '1 second'
WHERE state IN ('pending', 'published', 'running')`,
  );
  // One whose checkout is being opened keeps its age: the request to the provider is made of it.
  await transaction(
    (tx) => tx.$executeRaw`
UPDATE "Order" SET "createdAt" = "createdAt" - ${seconds} * interval '1 second'
WHERE "sessionId" IS NOT NULL AND status IN ('pending', 'failed') AND "paymentIntentId" IS NULL`,
  );
}

/** So much that every checkout is over and everything is due. */
export async function makeEverythingDue(): Promise<void> {
  await advanceTime(900);
  await transaction(
    (tx) => tx.$executeRaw`
UPDATE "Task" SET "leaseUntil" = least("leaseUntil", now() - interval '1 second'),
  "dueAt" = least("dueAt", now() - interval '1 second'), "notBefore" = least("notBefore", now() - interval '1 second')
WHERE state IN ('pending', 'published', 'running')`,
  );
}
