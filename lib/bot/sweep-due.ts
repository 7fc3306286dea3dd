import { z } from "zod";
import { now } from "../core/clock";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { db, transaction } from "../db";
import { enqueue } from "../tasks";

const MAX_EXECUTIONS = 200;
/** A task that is only late gets so long. */
const GRACE_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

const dueRowsSchema = z.array(
  z.object({ id: z.uuid(), projectId: z.uuid(), personId: z.uuid(), stepNo: z.int() }),
);

/**
 * Gives executions whose time came, and whose task is lost, a task again: each at most once an hour, because the first
 * may only be late. Safe to run concurrently.
 *
 * @param resumedBotId  those of a bot that was paused, without waiting: their tasks were postponed
 * @returns how many
 */
export async function sweepDueExecutions({
  resumedBotId = null,
}: {
  resumedBotId?: string | null;
} = {}): Promise<number> {
  const nowMs = now();
  const graceMs = resumedBotId === null ? GRACE_MS : 0;
  const rows = await db().$queryRaw`
SELECT execution.id, execution."projectId", execution."personId", execution."stepNo" FROM "BotExecution" execution
JOIN "BotProject" project ON project.id = execution."projectId" AND project.state = 'active'
JOIN "User" owner ON owner.id = project."ownerId" AND owner."deletedAt" IS NULL
WHERE execution.state IN ('running', 'waiting') AND execution."dueAt" IS NOT NULL
  AND execution."dueAt" < ${new Date(nowMs - graceMs)}
  AND (${resumedBotId}::uuid IS NULL OR project.id = ${resumedBotId}::uuid)
ORDER BY execution."dueAt" LIMIT ${MAX_EXECUTIONS}`;
  const due = dueRowsSchema.parse(rows);
  if (due.length === 0) return 0;
  const time = resumedBotId === null ? `late:${Math.floor(nowMs / HOUR_MS)}` : `resumed:${newId()}`;
  await transaction(async (tx) => {
    for (const { id: executionId, projectId, personId: sessionId, stepNo } of due)
      await enqueue(
        tx,
        "workflow-executions",
        { do: "continue", projectId, sessionId, executionId, stepNo },
        { key: `continue:${executionId}:${stepNo}:${time}` },
      );
  });
  if (resumedBotId === null) log().warn({ executions: due.length }, "executions of bots are late");
  return due.length;
}
