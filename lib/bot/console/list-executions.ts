import { z } from "zod";
import type { Caller } from "../../core/access-token";
import { AppError } from "../../core/errors";
import { db, Prisma } from "../../db";
import {
  type ExecutionPage,
  type ExecutionSummary,
  type executionPageQuerySchema,
  executionSummarySchema,
} from "../../schemas/bot-executions";
import { BotExecutionState } from "../../schemas/enums";
import { requireBot } from "./require-bot";

const time = (column: string) =>
  Prisma.raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** Of rows `execution`, which are few by then. */
const summarySql = Prisma.sql`
SELECT execution.id, execution.state, workflow.key AS "workflowKey", version.number AS "versionNumber",
  jsonb_build_object('id', person.id, 'name', person.name, 'isLinked', person."userId" IS NOT NULL,
    'isBlocked', person."blockedAt" IS NOT NULL) AS person,
  execution."nodeId", coalesce(inner_workflow.key, workflow.key) AS "nodeWorkflowKey", execution."stepNo",
  ${time('execution."dueAt"')} AS "dueAt", execution.failure, ${time('execution."createdAt"')} AS "createdAt",
  ${time('execution."finishedAt"')} AS "finishedAt"`;

const joinsSql = Prisma.sql`
JOIN "BotPerson" person ON person.id = execution."personId"
JOIN "BotWorkflow" workflow ON workflow.id = execution."workflowId"
JOIN "BotWorkflowVersion" version ON version.id = execution."versionId"
LEFT JOIN "BotWorkflow" inner_workflow ON inner_workflow.id = (execution.frames -> -1 ->> 'workflowId')::uuid`;

const summaryRowsSchema = z.array(executionSummarySchema);

/**
 * One page of a bot's executions, newest first. Each state is read from the index that has it and the id, so a page costs
 * the same however many there are.
 *
 * @throws {AppError} forbidden for listeners; not_found
 */
export async function listExecutions(
  caller: Caller,
  botId: string,
  query: z.output<typeof executionPageQuerySchema>,
): Promise<ExecutionPage> {
  await requireBot(caller, botId);
  const { workflow: key, limit } = query;
  const workflowId = key === undefined ? null : await findWorkflowId(botId, key);
  if (key !== undefined && workflowId === null) return { items: [], nextCursor: null };
  const rows = await db().$queryRaw(pageSql(botId, workflowId, query));
  const items = summaryRowsSchema.parse(rows);
  const page = items.slice(0, limit);
  return { items: page, nextCursor: items.length > limit ? (page.at(-1)?.id ?? null) : null };
}

const pageSql = (...page: Parameters<typeof newestSql>) => Prisma.sql`
${summarySql}
FROM (${newestSql(...page)}) execution
${joinsSql}
ORDER BY execution.id DESC`;

async function findWorkflowId(projectId: string, key: string): Promise<string | null> {
  const where = { projectId_key: { projectId, key } };
  return (await db().botWorkflow.findUnique({ where, select: { id: true } }))?.id ?? null;
}

function newestSql(
  botId: string,
  workflowId: string | null,
  { state, person, cursor, limit }: z.output<typeof executionPageQuerySchema>,
): Prisma.Sql {
  const states = state ? [state] : Object.values(BotExecutionState);
  const beforeSql = cursor ? Prisma.sql`AND id < ${cursor}::uuid` : Prisma.empty;
  if (person !== undefined) {
    const ofWorkflowSql =
      workflowId === null ? Prisma.empty : Prisma.sql`AND "workflowId" = ${workflowId}::uuid`;
    return Prisma.sql`
SELECT * FROM "BotExecution" WHERE "personId" = ${person}::uuid AND "projectId" = ${botId}::uuid
  AND state = ANY (${states}::"BotExecutionState"[]) ${ofWorkflowSql} ${beforeSql}
ORDER BY id DESC LIMIT ${limit + 1}`;
  }
  const scopeSql =
    workflowId === null
      ? Prisma.sql`"projectId" = ${botId}::uuid`
      : Prisma.sql`"workflowId" = ${workflowId}::uuid`;
  // With a constant state the index is in the order of ids; and ids alone are read from it, which Postgres prefers to a
  // walk over all executions that it hopes to be short.
  const newest = states.map(
    (each) => Prisma.sql`(
SELECT id FROM "BotExecution" WHERE ${scopeSql} AND state = ${each}::"BotExecutionState" ${beforeSql}
ORDER BY id DESC LIMIT ${limit + 1})`,
  );
  return Prisma.sql`
SELECT * FROM "BotExecution" WHERE id IN (
  SELECT id FROM (${Prisma.join(newest, " UNION ALL ")}) newest ORDER BY id DESC LIMIT ${limit + 1})`;
}

/** One execution of a bot that the caller runs. @throws {AppError} forbidden for listeners; not_found */
export async function getExecution(
  caller: Caller,
  botId: string,
  executionId: string,
): Promise<ExecutionSummary> {
  await requireBot(caller, botId);
  const rows = await db().$queryRaw`
${summarySql}
FROM "BotExecution" execution
${joinsSql}
WHERE execution.id = ${executionId}::uuid AND execution."projectId" = ${botId}::uuid`;
  const [execution] = summaryRowsSchema.parse(rows);
  if (!execution) throw new AppError("not_found", { message: "execution_not_found" });
  return execution;
}
