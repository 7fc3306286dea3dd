import { DELETE as deleteMe } from "@/app/api/me/route";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { type ApiResponse, call } from "@/tests/support/clients/call";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { TEST_PASSWORD } from "./accounts";

/** Requests the deletion of the user's account; {@link finishErasure} runs the task that erases it. */
export function requestDeletion(as: Caller): Promise<ApiResponse> {
  return call(deleteMe, { method: "DELETE", as, body: { password: TEST_PASSWORD } });
}

const UNFINISHED = { in: ["pending", "published", "running"] as ("pending" | "published" | "running")[] };

/** Delivers the runs of an account's erasure that are not finished, as QStash does. @returns how many there were */
export async function runErasure(userId: string): Promise<number> {
  const tasks = await db().task.findMany({
    where: { queue: "account-erasures", key: { startsWith: userId }, state: UNFINISHED },
    select: { id: true },
  });
  for (const { id } of tasks) {
    // The lease of a run that was killed would last another minute.
    await db().task.updateMany({
      where: { id, state: UNFINISHED },
      data: { notBefore: new Date(0), leaseUntil: null },
    });
    await deliverTask("account-erasures", id);
  }
  return tasks.length;
}

/** Delivers the runs of an account's erasure until the last one is done. */
export function finishErasure(userId: string): Promise<void> {
  return waitUntil("the account is erased", async () => (await runErasure(userId)) === 0);
}
