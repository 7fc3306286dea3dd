import { z } from "zod";
import type { Caller } from "../../core/access-token";
import { AppError } from "../../core/errors";
import { newId } from "../../core/ids";
import { db, type Transaction } from "../../db";
import type { TestRun } from "../../schemas/bot-console";
import type { ExecutionSummary } from "../../schemas/bot-executions";
import { advance, newExecution } from "../advance";
import { findLockedWorkflow, type LockedWorkflow, recordWorkflow, requireRevision } from "./drafts";
import { getExecution } from "./list-executions";
import { type Operator, operate } from "./operate";
import { requireValid } from "./publish-draft";
import { type RunBot, requireBot } from "./require-bot";
import { preparePerson, runForPerson } from "./run-for-person";

/** Versions of test runs that are kept; older ones go with their finished executions. */
const MAX_TEST_VERSIONS = 20;

/**
 * Runs a draft for one Telegram user, as a version without a number: no one else gets it, and what it calls is what is
 * published. As when the person begins the workflow, their waiting execution of it ends.
 *
 * @throws {AppError} forbidden for listeners; not_found; bad_request: with the problems of the definition; conflict: the
 *         draft has changed, the bot is paused, or the caller has not written to it
 */
export async function testDraft(
  operator: Operator,
  botId: string,
  { key, ...run }: TestRun & { key: string },
): Promise<ExecutionSummary> {
  const { caller } = operator;
  await requireBot(caller, botId);
  const person = await preparePerson(botId, run.personId ?? (await findOwnPerson(caller, botId)));
  const operation = { botId, name: "test", input: { key, ...run } };
  const executionId = await operate(operator, operation, async (tx, bot, id) => {
    const workflow = await findLockedWorkflow(tx, botId, key);
    requireRevision(workflow, run.revision);
    const versionId = await findTestVersion(tx, bot, workflow);
    await runForPerson(tx, { botId, person }, async ({ session, contextOf }) => {
      const execution = { ...newExecution(workflow.id, versionId), id };
      const started = await advance(execution, { kind: "start" }, await contextOf(execution));
      const cancelled = session.executions.filter(
        ({ workflowId, state }) => workflowId === workflow.id && state === "waiting",
      );
      return { runs: [started], cancelled, messages: [] };
    });
    await recordWorkflow(tx, operator, {
      ...{ action: "workflow_tested", botId, workflowId: workflow.id, executionId: id },
    });
  });
  return getExecution(caller, botId, executionId);
}

/** The version of the draft as it is; made by the first test of it. */
async function findTestVersion(tx: Transaction, bot: RunBot, { id: workflowId, draft }: LockedWorkflow) {
  if (!draft) throw new AppError("conflict", { message: "draft_not_found" });
  if (draft.testVersionId !== null) return draft.testVersionId;
  const definition = await requireValid(tx, bot, draft.definition);
  await deleteOldTests(tx, workflowId);
  const versionId = newId();
  await tx.botWorkflowVersion.create({
    data: { id: versionId, workflowId, number: null, definition },
    select: { id: true },
  });
  await tx.botDraft.update({
    where: { workflowId },
    data: { testVersionId: versionId },
    select: { workflowId: true },
  });
  return versionId;
}

const countRowsSchema = z.tuple([z.object({ count: z.int() })]);

/** @throws {AppError} conflict: too many of them wait */
async function deleteOldTests(tx: Transaction, workflowId: string): Promise<void> {
  await tx.$executeRaw`
DELETE FROM "BotWorkflowVersion" version WHERE id IN (
    SELECT id FROM "BotWorkflowVersion" WHERE "workflowId" = ${workflowId}::uuid AND number IS NULL
    ORDER BY id DESC OFFSET ${MAX_TEST_VERSIONS - 1})
  AND NOT EXISTS (SELECT FROM "BotExecution" WHERE "versionId" = version.id AND state IN ('running', 'waiting'))`;
  const rows = await tx.$queryRaw`
SELECT count(*)::int AS count FROM "BotWorkflowVersion" WHERE "workflowId" = ${workflowId}::uuid AND number IS NULL`;
  const [{ count }] = countRowsSchema.parse(rows);
  if (count > 2 * MAX_TEST_VERSIONS) throw new AppError("conflict", { message: "too_many_tests" });
}

const personRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * The caller's own Telegram in a bot: linked there, or the same Telegram user as in a bot where it is linked.
 * @throws {AppError} conflict: there is none
 */
async function findOwnPerson({ userId }: Caller, botId: string): Promise<string> {
  const rows = await db().$queryRaw`
SELECT person.id FROM "BotPerson" linked
JOIN "BotPerson" person ON person."projectId" = ${botId}::uuid AND person."telegramId" = linked."telegramId"
WHERE linked."userId" = ${userId}::uuid ORDER BY person."userId" IS NULL, person.id LIMIT 1`;
  const [person] = personRowsSchema.parse(rows);
  if (!person) throw new AppError("conflict", { message: "test_person_missing" });
  return person.id;
}
