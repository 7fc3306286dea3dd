import { botProjectTag, cacheManager } from "../cache";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { db, type Transaction } from "../db";
import { MAX_VERSIONS } from "../schemas/bot-console";
import type { Definition, DefinitionInput } from "../schemas/workflow";
import { checkDefinition, type Problem } from "../schemas/workflow-check";

export interface WorkflowSource {
  key: string;
  command: string | null;
  definition: DefinitionInput;
}

/** A definition cannot be published. */
export class DefinitionError extends Error {
  constructor(
    readonly key: string,
    readonly problems: readonly Problem[],
  ) {
    super(
      `workflow ${key}: ${problems.map(({ code, nodeId, path, detail }) => `${code} ${nodeId ?? ""} ${path} ${detail}`).join("; ")}`,
    );
    this.name = "DefinitionError";
  }
}

/**
 * Publishes workflows of a bot, all of them or none: each becomes a new version, which new executions run. Running ones
 * stay on theirs. A workflow that is missing is created.
 *
 * @throws {DefinitionError} @throws {AppError} not_found: there is no such bot
 */
export async function publishWorkflows(projectId: string, sources: readonly WorkflowSource[]): Promise<void> {
  const project = await db().botProject.findUnique({
    where: { id: projectId },
    select: {
      isAdministrators: true,
      owner: { select: { role: true } },
      workflows: { select: { key: true } },
    },
  });
  if (!project) throw new AppError("not_found");
  const isAdministrators = project.isAdministrators && project.owner.role === "admin";
  const known = project.workflows.map(({ key }) => key);
  const checked = checkWorkflows(sources, { isAdministrators, known });
  await cacheManager.withInvalidation([botProjectTag(projectId)], async (tx) => {
    // Two publishers take their turn: numbers have no gap.
    await tx.$queryRaw`SELECT 1 FROM "BotProject" WHERE id = ${projectId}::uuid FOR NO KEY UPDATE`;
    await insertVersions(tx, projectId, checked);
  });
}

interface CheckedWorkflow {
  key: string;
  command: string | null;
  definition: Definition;
}

/** @param known  keys of the bot's other workflows @throws {DefinitionError} */
export function checkWorkflows(
  sources: readonly WorkflowSource[],
  { isAdministrators, known = [] }: { isAdministrators: boolean; known?: readonly string[] },
): CheckedWorkflow[] {
  const workflows = new Set([...known, ...sources.map(({ key }) => key)]);
  return sources.map(({ key, command, definition }) => {
    const result = checkDefinition(definition, { workflows, isAdministrators });
    if (!result.definition) throw new DefinitionError(key, result.problems);
    return { key, command, definition: result.definition };
  });
}

/** The bot's row is locked, or new. */
export async function insertVersions(
  tx: Transaction,
  projectId: string,
  checked: readonly CheckedWorkflow[],
): Promise<void> {
  for (const { key, command, definition } of checked) {
    const { id: workflowId } = await tx.botWorkflow.upsert({
      where: { projectId_key: { projectId, key } },
      create: { id: newId(), projectId, key, command },
      update: { command },
      select: { id: true },
    });
    await insertVersion(tx, { id: newId(), workflowId, definition });
  }
}

interface NewVersion {
  id: string;
  workflowId: string;
  definition: Definition;
  /** Begins the workflow from now on; omitted: as before. */
  command?: string | null;
  /** The version that is published again. */
  sourceNumber?: number;
}

/**
 * Adds a version and publishes it. The bot's row is locked, or new.
 * @returns its number
 * @throws {AppError} conflict: the workflow has too many versions
 */
export async function insertVersion(
  tx: Transaction,
  { id, workflowId, definition, command, sourceNumber }: NewVersion,
): Promise<number> {
  const { _max: newest } = await tx.botWorkflowVersion.aggregate({
    where: { workflowId },
    _max: { number: true },
  });
  const number = (newest.number ?? 0) + 1;
  if (number > MAX_VERSIONS) throw new AppError("conflict", { message: "too_many_versions" });
  await tx.botWorkflowVersion.create({
    data: { id, workflowId, number, definition, sourceNumber: sourceNumber ?? null },
    select: { id: true },
  });
  await tx.botWorkflow.update({
    where: { id: workflowId },
    data: { publishedVersionId: id, ...(command === undefined ? {} : { command }) },
    select: { id: true },
  });
  return number;
}
