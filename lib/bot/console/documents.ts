import { recordAudit } from "../../audit";
import type { Caller } from "../../core/access-token";
import { AppError } from "../../core/errors";
import { newId } from "../../core/ids";
import { db, type Transaction } from "../../db";
import {
  type ExportDocument,
  type Import,
  MAX_DOCUMENT_BYTES,
  type WorkflowSummary,
} from "../../schemas/bot-console";
import { commandSchema, definitionSchema } from "../../schemas/workflow";
import { checkDefinition } from "../../schemas/workflow-check";
import { requireRoom, writeDraft } from "./drafts";
import { type Operator, operate } from "./operate";
import { checkContext, problemDetails } from "./publish-draft";
import { listWorkflows } from "./read-workflows";
import { type RunBot, requireBot } from "./require-bot";

/**
 * What is published of a bot as one document, or of one workflow.
 *
 * @throws {AppError} forbidden for listeners; not_found; payload_too_large: they must be exported one by one
 */
export async function exportWorkflows(
  caller: Caller,
  botId: string,
  { workflow: key }: { workflow?: string | undefined },
): Promise<ExportDocument> {
  await requireBot(caller, botId);
  const rows = await db().botWorkflow.findMany({
    where: { projectId: botId, publishedVersionId: { not: null }, ...(key === undefined ? {} : { key }) },
    orderBy: { key: "asc" },
    select: { key: true, command: true, publishedVersion: { select: { definition: true } } },
  });
  if (key !== undefined && rows.length === 0)
    throw new AppError("not_found", { message: "workflow_not_found" });
  const workflows = rows.flatMap(({ publishedVersion, command, ...row }) =>
    publishedVersion
      ? [
          {
            ...row,
            command: command === null ? null : commandSchema.parse(command),
            definition: definitionSchema.parse(publishedVersion.definition),
          },
        ]
      : [],
  );
  const document: ExportDocument = { format: "normaldance-bot", version: 1, workflows };
  if (Buffer.byteLength(JSON.stringify(document)) > MAX_DOCUMENT_BYTES)
    throw new AppError("payload_too_large", { message: "document_too_large" });
  return document;
}

/**
 * Writes the drafts of a document's workflows, all of them or none; one that the bot does not have is added. Nothing is
 * published.
 *
 * @throws {AppError} forbidden for listeners; not_found; bad_request: with the problems of the definitions; conflict: a
 *         draft would be replaced, or there are too many workflows
 */
export async function importWorkflows(
  operator: Operator,
  botId: string,
  { document, replacesDrafts }: Import,
): Promise<WorkflowSummary[]> {
  const { caller, context } = operator;
  const keys = document.workflows.map(({ key }) => key);
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice !== -1)
    throw new AppError("bad_request", {
      ...{ message: "document_key_twice", field: `document.workflows.${twice}.key` },
    });
  const operation = { botId, name: "import", input: { document, replacesDrafts } };
  await operate(operator, operation, async (tx, bot, importId) => {
    await requireAllValid(tx, bot, document.workflows);
    const stored = await tx.botWorkflow.findMany({
      where: { projectId: botId },
      select: {
        id: true,
        key: true,
        draft: { select: { workflowId: true } },
        publishedVersion: { select: { number: true } },
      },
    });
    const known = new Map(stored.map((workflow) => [workflow.key, workflow]));
    requireRoom(new Set([...known.keys(), ...keys]).size);
    if (!replacesDrafts && keys.some((key) => known.get(key)?.draft))
      throw new AppError("conflict", { message: "draft_exists" });
    for (const { key, command, definition } of document.workflows) {
      const workflow = known.get(key);
      const id = workflow?.id ?? (await addWorkflow(tx, botId, key));
      await writeDraft(tx, id, {
        definition,
        command,
        baseNumber: workflow?.publishedVersion?.number ?? null,
      });
    }
    await recordAudit(tx, {
      ...{ action: "workflows_imported", actorId: caller.userId, subject: `bot:${botId}`, ...context },
      data: { importId, workflows: keys.length },
    });
  });
  const all = await listWorkflows(caller, botId);
  return all.filter(({ key }) => keys.includes(key));
}

/** More would not be read. */
const MAX_DETAILS = 100;

async function requireAllValid(tx: Transaction, bot: RunBot, workflows: Import["document"]["workflows"]) {
  const context = await checkContext(
    tx,
    bot,
    workflows.map(({ key }) => key),
  );
  const details = workflows.flatMap(({ definition }, index) => {
    const { problems } = checkDefinition(definition, context);
    return problemDetails(problems, ["document", "workflows", String(index), "definition"]);
  });
  if (details.length > 0)
    throw new AppError("bad_request", { message: "import_problems", details: details.slice(0, MAX_DETAILS) });
}

async function addWorkflow(tx: Transaction, projectId: string, key: string): Promise<string> {
  const id = newId();
  await tx.botWorkflow.create({ data: { id, projectId, key }, select: { id: true } });
  return id;
}
