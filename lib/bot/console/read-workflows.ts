import { z } from "zod";
import type { Caller } from "../../core/access-token";
import { AppError } from "../../core/errors";
import { db, type Transaction } from "../../db";
import {
  draftDefinitionSchema,
  MAX_EXECUTION_COUNT,
  nodeCountSchema,
  type VersionDefinition,
  type Workflow,
  type WorkflowSummary,
} from "../../schemas/bot-console";
import { definitionSchema } from "../../schemas/workflow";
import { requireBot } from "./require-bot";

const MAX_LISTED_VERSIONS = 100;

const summaryColumns = {
  ...{ id: true, key: true, command: true, draftRevision: true },
  publishedVersion: { select: { number: true, createdAt: true } },
  draft: { select: { command: true, changedAt: true } },
} as const;

interface SummaryRow {
  id: string;
  key: string;
  command: string | null;
  publishedVersion: { number: number | null; createdAt: Date } | null;
  draft: { changedAt: Date } | null;
}

const toSummary = ({ id, key, command, publishedVersion, draft }: SummaryRow): WorkflowSummary => ({
  ...{ id, key, command },
  publishedNumber: publishedVersion?.number ?? null,
  publishedAt: publishedVersion?.createdAt.toISOString() ?? null,
  draftChangedAt: draft?.changedAt.toISOString() ?? null,
});

/** A bot's workflows, by key. @throws {AppError} forbidden for listeners; not_found */
export async function listWorkflows(caller: Caller, botId: string): Promise<WorkflowSummary[]> {
  await requireBot(caller, botId);
  const rows = await db().botWorkflow.findMany({
    where: { projectId: botId },
    orderBy: { key: "asc" },
    select: summaryColumns,
  });
  return rows.map(toSummary);
}

/**
 * A workflow with what is published, its draft, its versions, and how many people wait at each node.
 * @throws {AppError} forbidden for listeners; not_found
 */
export async function getWorkflow(caller: Caller, botId: string, key: string): Promise<Workflow> {
  await requireBot(caller, botId);
  const row = await db().botWorkflow.findUnique({
    where: { projectId_key: { projectId: botId, key } },
    select: {
      ...summaryColumns,
      publishedVersion: { select: { number: true, createdAt: true, definition: true } },
      draft: true,
    },
  });
  if (!row) throw new AppError("not_found", { message: "workflow_not_found" });
  const [versions, { total, nodes }] = await Promise.all([
    db().botWorkflowVersion.findMany({
      where: { workflowId: row.id, number: { not: null } },
      orderBy: { number: "desc" },
      take: MAX_LISTED_VERSIONS,
      select: versionColumns,
    }),
    countWaiting(botId, row.id),
  ]);
  const { draft, draftRevision, publishedVersion } = row;
  return {
    ...toSummary(row),
    definition: publishedVersion && definitionSchema.parse(publishedVersion.definition),
    draft: draft && {
      definition: draftDefinitionSchema.parse(draft.definition),
      ...{ command: draft.command, baseNumber: draft.baseNumber, changedAt: draft.changedAt.toISOString() },
    },
    draftRevision,
    versions: versions.flatMap(toVersion),
    waiting: nodes,
    isWaitingCapped: total > MAX_EXECUTION_COUNT,
  };
}

const versionColumns = { number: true, createdAt: true, sourceNumber: true } as const;

interface VersionRow {
  number: number | null;
  createdAt: Date;
  sourceNumber: number | null;
}

/** None of a test run. */
const toVersion = ({ number, createdAt, sourceNumber }: VersionRow) =>
  number === null ? [] : [{ number, createdAt: createdAt.toISOString(), sourceNumber }];

/** A version that was published, with its definition. @throws {AppError} forbidden for listeners; not_found */
export async function getVersion(
  caller: Caller,
  botId: string,
  { key, number }: { key: string; number: number },
): Promise<VersionDefinition> {
  await requireBot(caller, botId);
  const { definition, ...row } = await findVersion(db(), { botId, key, number });
  return { ...row, createdAt: row.createdAt.toISOString(), definition };
}

/** @throws {AppError} not_found */
export async function findVersion(
  reader: Pick<Transaction, "botWorkflowVersion">,
  { botId, key, number }: { botId: string; key: string; number: number },
) {
  const row = await reader.botWorkflowVersion.findFirst({
    where: { number, workflow: { projectId: botId, key } },
    select: { id: true, createdAt: true, sourceNumber: true, definition: true },
  });
  if (!row) throw new AppError("not_found", { message: "version_not_found" });
  return { ...row, number, definition: definitionSchema.parse(row.definition) };
}

const countRowsSchema = z.tuple([z.object({ total: z.int(), nodes: z.array(nodeCountSchema) })]);

/**
 * Who waits at which node of a workflow: by the innermost one, since an execution may be in a workflow that its own has
 * called. One statement over the bot's newest waiting executions.
 */
async function countWaiting(botId: string, workflowId: string) {
  const rows = await db().$queryRaw`
WITH newest AS (
  SELECT coalesce(frames -> -1 ->> 'workflowId', "workflowId"::text)::uuid AS "workflowId",
    coalesce(frames -> -1 ->> 'versionId', "versionId"::text)::uuid AS "versionId", "nodeId"
  FROM "BotExecution" WHERE "projectId" = ${botId}::uuid AND state = 'waiting'
  ORDER BY id DESC LIMIT ${MAX_EXECUTION_COUNT + 1}
), counted AS (
  SELECT newest."nodeId", version.number, count(*)::int AS count FROM newest
  JOIN "BotWorkflowVersion" version ON version.id = newest."versionId"
  WHERE newest."workflowId" = ${workflowId}::uuid GROUP BY 1, 2
)
SELECT (SELECT count(*)::int FROM newest) AS total,
  coalesce((SELECT jsonb_agg(to_jsonb(counted) ORDER BY "nodeId", number DESC NULLS LAST) FROM counted), '[]') AS nodes`;
  return countRowsSchema.parse(rows)[0];
}
