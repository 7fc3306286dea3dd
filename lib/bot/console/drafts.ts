import { recordAudit } from "../../audit";
import { now } from "../../core/clock";
import { AppError } from "../../core/errors";
import type { Prisma, Transaction } from "../../db";
import {
  type DraftChange,
  type DraftDefinition,
  MAX_WORKFLOWS,
  type NewWorkflow,
  type Workflow,
} from "../../schemas/bot-console";
import type { DefinitionInput } from "../../schemas/workflow";
import { type Operator, operate } from "./operate";
import { getWorkflow } from "./read-workflows";

/** A new workflow until it is drawn. */
const emptyDefinition: DefinitionInput = {
  schema: 1,
  start: "hello",
  nodes: {
    hello: { kind: "message", text: { ru: "Привет!", en: "Hello!" }, next: "end", position: { x: 0, y: 0 } },
    end: { kind: "end", position: { x: 0, y: 200 } },
  },
};

/** A workflow under the lock of its bot's row. */
export interface LockedWorkflow {
  id: string;
  key: string;
  draftRevision: number;
  publishedNumber: number | null;
  draft: { definition: Prisma.JsonValue; command: string | null; testVersionId: string | null } | null;
}

/** @throws {AppError} not_found */
export async function findLockedWorkflow(
  tx: Transaction,
  projectId: string,
  key: string,
): Promise<LockedWorkflow> {
  const row = await tx.botWorkflow.findUnique({
    where: { projectId_key: { projectId, key } },
    select: {
      ...{ id: true, key: true, draftRevision: true, draft: true },
      publishedVersion: { select: { number: true } },
    },
  });
  if (!row) throw new AppError("not_found", { message: "workflow_not_found" });
  const { publishedVersion, ...workflow } = row;
  return { ...workflow, publishedNumber: publishedVersion?.number ?? null };
}

/** @throws {AppError} conflict: another editor has changed the draft */
export function requireRevision({ draftRevision }: LockedWorkflow, revision: number): void {
  if (draftRevision !== revision) throw new AppError("conflict", { message: "draft_changed" });
}

interface DraftWrite {
  definition: DraftDefinition | DefinitionInput;
  command: string | null;
  baseNumber: number | null;
}

/** Writes a draft. The bot's row is locked. */
export async function writeDraft(tx: Transaction, workflowId: string, draft: DraftWrite): Promise<void> {
  await tx.botWorkflow.update({
    where: { id: workflowId },
    data: { draftRevision: { increment: 1 } },
    select: { id: true },
  });
  const definition = draft.definition as Prisma.InputJsonObject;
  const data = { ...draft, definition, testVersionId: null, changedAt: new Date(now()) };
  await tx.botDraft.upsert({
    where: { workflowId },
    create: { workflowId, ...data },
    update: data,
    select: { workflowId: true },
  });
}

/** Removes a draft. The bot's row is locked; a change of the draft that was removed is refused by the revision. */
export async function removeDraft(tx: Transaction, workflowId: string): Promise<void> {
  await tx.botDraft.deleteMany({ where: { workflowId } });
  await tx.botWorkflow.update({
    where: { id: workflowId },
    data: { draftRevision: { increment: 1 } },
    select: { id: true },
  });
}

/**
 * Adds a workflow as a draft.
 * @throws {AppError} forbidden for listeners; not_found; conflict: the key is taken, or there are too many
 */
export async function createWorkflow(
  operator: Operator,
  botId: string,
  { key, command = null, definition = emptyDefinition }: NewWorkflow,
): Promise<Workflow> {
  const operation = { botId, name: "create workflow", input: { key, command, definition } };
  await operate(operator, operation, async (tx, _bot, id) => {
    const keys = await tx.botWorkflow.findMany({ where: { projectId: botId }, select: { key: true } });
    if (keys.some((other) => other.key === key))
      throw new AppError("conflict", { message: "workflow_exists" });
    requireRoom(keys.length + 1);
    await tx.botWorkflow.create({ data: { id, projectId: botId, key }, select: { id: true } });
    await writeDraft(tx, id, { definition, command, baseNumber: null });
    await recordWorkflow(tx, operator, { action: "workflow_added", botId, workflowId: id });
  });
  return getWorkflow(operator.caller, botId, key);
}

/** @throws {AppError} conflict */
export function requireRoom(workflowCount: number): void {
  if (workflowCount > MAX_WORKFLOWS) throw new AppError("conflict", { message: "too_many_workflows" });
}

/** Records what was done to a workflow. */
export function recordWorkflow(
  tx: Transaction,
  { caller, context }: Operator,
  {
    action,
    botId,
    ...data
  }: {
    action:
      | "workflow_added"
      | "workflow_deleted"
      | "workflow_published"
      | "workflow_rolled_back"
      | "workflow_tested";
    botId: string;
    workflowId: string;
    number?: number;
    sourceNumber?: number;
    executionId?: string;
  },
): Promise<void> {
  return recordAudit(tx, { action, actorId: caller.userId, subject: `bot:${botId}`, ...context, data });
}

/**
 * Saves a draft that was made from the revision that is stored.
 * @throws {AppError} forbidden for listeners; not_found; conflict: another editor has changed it
 */
export async function saveDraft(
  operator: Operator,
  botId: string,
  { key, ...change }: DraftChange & { key: string },
): Promise<Workflow> {
  const { revision, ...draft } = change;
  const operation = { botId, name: "save draft", input: { key, ...change } };
  await operate(operator, operation, async (tx) => {
    const workflow = await findLockedWorkflow(tx, botId, key);
    requireRevision(workflow, revision);
    await writeDraft(tx, workflow.id, draft);
  });
  return getWorkflow(operator.caller, botId, key);
}

/** Discards a draft. @throws {AppError} as {@link saveDraft} does */
export async function discardDraft(
  { caller, context }: Operator,
  botId: string,
  { key, revision }: { key: string; revision: number },
): Promise<Workflow> {
  const operation = { botId, name: "discard draft", input: { key, revision } };
  await operate({ caller, context }, operation, async (tx) => {
    const workflow = await findLockedWorkflow(tx, botId, key);
    requireRevision(workflow, revision);
    await removeDraft(tx, workflow.id);
  });
  return getWorkflow(caller, botId, key);
}

/**
 * Deletes a workflow that was never published, with its test runs.
 * @throws {AppError} forbidden for listeners; not_found; conflict: it was published
 */
export async function deleteWorkflow(operator: Operator, botId: string, key: string): Promise<void> {
  const { caller, context } = operator;
  await operate({ caller, context }, { botId, name: "delete workflow", input: { key } }, async (tx) => {
    const { id } = await findLockedWorkflow(tx, botId, key);
    const published = await tx.botWorkflowVersion.count({ where: { workflowId: id, number: { not: null } } });
    if (published > 0) throw new AppError("conflict", { message: "workflow_published" });
    await cancelSessions(tx, id);
    await tx.botWorkflow.delete({ where: { id }, select: { id: true } });
    await recordWorkflow(tx, operator, { action: "workflow_deleted", botId, workflowId: id });
  });
}

/** People with an unfinished execution of the workflow get a new revision: what is cached of them is refused. */
async function cancelSessions(tx: Transaction, workflowId: string): Promise<void> {
  await tx.$executeRaw`
UPDATE "BotPerson" SET revision = revision + 1 WHERE id IN (SELECT "personId" FROM "BotExecution"
  WHERE "workflowId" = ${workflowId}::uuid AND state IN ('running', 'waiting'))`;
}
