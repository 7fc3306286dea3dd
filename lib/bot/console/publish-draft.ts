import { defer } from "../../core/defer";
import { AppError, type ErrorDetail } from "../../core/errors";
import { log } from "../../core/log";
import { afterCommit, db, type Transaction } from "../../db";
import type { DraftDefinition, Publication, Rollback, Workflow } from "../../schemas/bot-console";
import type { Definition } from "../../schemas/workflow";
import { checkDefinition, type Problem } from "../../schemas/workflow-check";
import { insertVersion } from "../publish-workflow";
import { connectBot } from "../register-bot";
import {
  findLockedWorkflow,
  type LockedWorkflow,
  recordWorkflow,
  removeDraft,
  requireRevision,
} from "./drafts";
import { type Operator, operate } from "./operate";
import { findVersion, getWorkflow } from "./read-workflows";
import { type RunBot, requireBot } from "./require-bot";

/**
 * What keeps a definition from being published. Changes nothing.
 * @param definition  by default the draft, or else what is published
 * @throws {AppError} forbidden for listeners; not_found
 */
export async function validateWorkflow(
  caller: Operator["caller"],
  botId: string,
  { key, definition }: { key: string; definition?: DraftDefinition | undefined },
): Promise<Problem[]> {
  const bot = await requireBot(caller, botId);
  const row = await db().botWorkflow.findUnique({
    where: { projectId_key: { projectId: botId, key } },
    select: { draft: { select: { definition: true } }, publishedVersion: { select: { definition: true } } },
  });
  if (!row) throw new AppError("not_found", { message: "workflow_not_found" });
  const checked = definition ?? row.draft?.definition ?? row.publishedVersion?.definition;
  return checkDefinition(checked, await checkContext(db(), bot)).problems;
}

/** Against what a bot's definitions are checked. @param added  keys of workflows that are not stored yet */
export async function checkContext(
  reader: Pick<Transaction, "botWorkflow">,
  { id, isAdministrators }: RunBot,
  added: readonly string[] = [],
) {
  const rows = await reader.botWorkflow.findMany({ where: { projectId: id }, select: { key: true } });
  return { workflows: new Set([...rows.map(({ key }) => key), ...added]), isAdministrators };
}

/** Problems as details of an error; the path begins with `nodes.{id}` if the problem is in a node. */
export const problemDetails = (problems: readonly Problem[], prefix: readonly string[] = []): ErrorDetail[] =>
  problems.map(({ code, nodeId, path, detail }) => ({
    path: [...prefix, ...(nodeId === null ? [] : ["nodes", nodeId]), path].filter(Boolean).join("."),
    message: detail === "" ? code : `${code}: ${detail}`,
  }));

/**
 * Publishes a draft as a new version, which new executions run; running ones stay on theirs.
 *
 * @throws {AppError} forbidden for listeners; not_found; bad_request: with the problems of the definition; conflict: the
 *         draft or what is published has changed, or another workflow has its command
 */
export async function publishDraft(
  operator: Operator,
  botId: string,
  { key, ...publication }: Publication & { key: string },
): Promise<Workflow> {
  const operation = { botId, name: "publish", input: { key, ...publication }, changesBot: true } as const;
  await operate(operator, operation, async (tx, bot, versionId) => {
    const workflow = await findLockedWorkflow(tx, botId, key);
    requireRevision(workflow, publication.revision);
    requirePublished(workflow, publication.expectedNumber);
    if (!workflow.draft) throw new AppError("conflict", { message: "draft_not_found" });
    const { definition, command } = workflow.draft;
    const checked = await requireValid(tx, bot, definition);
    await requireCommand(tx, { botId, workflowId: workflow.id, command });
    const version = { id: versionId, workflowId: workflow.id, command, definition: checked };
    const number = await insertVersion(tx, version);
    await removeDraft(tx, workflow.id);
    await recordWorkflow(tx, operator, {
      ...{ action: "workflow_published", botId, workflowId: workflow.id, number },
    });
    renewMenu(tx, botId);
  });
  return getWorkflow(operator.caller, botId, key);
}

/**
 * Publishes an earlier version again, as a new one: numbers always grow, so that of two operators the second one notices,
 * and the history says what ran when. The draft stays.
 *
 * @throws {AppError} as {@link publishDraft} does
 */
export async function rollBack(
  operator: Operator,
  botId: string,
  { key, ...rollback }: Rollback & { key: string },
): Promise<Workflow> {
  const operation = { botId, name: "roll back", input: { key, ...rollback }, changesBot: true } as const;
  await operate(operator, operation, async (tx, bot, versionId) => {
    const workflow = await findLockedWorkflow(tx, botId, key);
    requirePublished(workflow, rollback.expectedNumber);
    const source = await findVersion(tx, { botId, key, number: rollback.number });
    // What its workflows and its owner's role allow may have changed since.
    const definition = await requireValid(tx, bot, source.definition);
    const sourceNumber = rollback.number;
    const number = await insertVersion(tx, {
      ...{ id: versionId, workflowId: workflow.id, definition, sourceNumber },
    });
    await recordWorkflow(tx, operator, {
      ...{ action: "workflow_rolled_back", botId, workflowId: workflow.id, number, sourceNumber },
    });
  });
  return getWorkflow(operator.caller, botId, key);
}

function requirePublished({ publishedNumber }: LockedWorkflow, expectedNumber: number | null): void {
  if (publishedNumber !== expectedNumber) throw new AppError("conflict", { message: "published_changed" });
}

/** @throws {AppError} bad_request with the problems */
export async function requireValid(tx: Transaction, bot: RunBot, definition: unknown): Promise<Definition> {
  const checked = checkDefinition(definition, await checkContext(tx, bot));
  if (checked.definition) return checked.definition;
  const details = problemDetails(checked.problems);
  throw new AppError("bad_request", { message: "definition_problems", details });
}

async function requireCommand(
  tx: Transaction,
  { botId, workflowId, command }: { botId: string; workflowId: string; command: string | null },
): Promise<void> {
  if (command === null) return;
  const taken = await tx.botWorkflow.count({ where: { projectId: botId, command, id: { not: workflowId } } });
  if (taken > 0) throw new AppError("conflict", { message: "command_taken" });
}

/** The menu of commands follows what is published. Best effort: `POST /api/bots/{botId}/webhook` sets it again. */
function renewMenu(tx: Transaction, botId: string): void {
  afterCommit(tx, () =>
    defer(() =>
      connectBot(botId).catch((error: unknown) => {
        log().warn({ err: error, projectId: botId }, "menu of a bot not renewed");
      }),
    ),
  );
}
