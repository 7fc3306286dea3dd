import { db } from "@/lib/db";
import { waitUntil } from "./wait-until";

/** `done`, or the code of the error: the outcome of work that may be refused. */
export const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string }) => error.code ?? String(error),
  );

/** Backends that wait for a lock of a row of this database. */
async function countWaiting(): Promise<number> {
  const [row] = await db().$queryRaw<{ count: number }[]>`
SELECT count(*)::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return row?.count ?? 0;
}

/**
 * Runs both while a row is locked, so that they wait for it in this order, and then releases it. Only on a real Postgres, in
 * a file whose tests run one after another.
 */
export async function runInOrder(
  lock: { table: "Chat" | "User"; id: string },
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<string[]> {
  const waitingBefore = await countWaiting();
  const outcomes: Promise<string>[] = [];
  await db().$transaction(
    async (tx) => {
      await tx.$executeRawUnsafe(`SELECT 1 FROM "${lock.table}" WHERE id = $1::uuid FOR UPDATE`, lock.id);
      for (const [index, run] of [first, second].entries()) {
        outcomes.push(outcomeOf(run()));
        await waitUntil("it waits for the row", async () => (await countWaiting()) > waitingBefore + index);
      }
    },
    { timeout: 20_000 },
  );
  return Promise.all(outcomes);
}
