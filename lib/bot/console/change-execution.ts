import { recordAudit } from "../../audit";
import { AppError } from "../../core/errors";
import { claimIdempotencyKey, db, type Transaction, transaction } from "../../db";
import { type Execution, executionSchema } from "../../schemas/bot";
import type { ExecutionAction, ExecutionMove, ExecutionSummary } from "../../schemas/bot-executions";
import { advance, innermost } from "../advance";
import { enqueueContinuation } from "../commit-run";
import type { Run, RunInput } from "../run-types";
import { getExecution } from "./list-executions";
import type { Operator } from "./operate";
import { requireBot } from "./require-bot";
import { type PersonSubject, preparePerson, runForPerson } from "./run-for-person";

type ActionName = "resume" | "cancel" | "move";

const auditActions = {
  resume: "execution_resumed",
  cancel: "execution_cancelled",
  move: "execution_moved",
} as const;

interface ExecutionRef {
  botId: string;
  executionId: string;
}

/**
 * Lets an execution go on: a wait for a time ends now, a question is asked again with new buttons, a step that failed is
 * done again, and one whose task does not come gets another task.
 *
 * @throws {AppError} forbidden for listeners; not_found; conflict: it has gone on or is finished, it would fail again,
 *         another execution of the workflow waits, or the bot is paused
 */
export function resumeExecution(
  operator: Operator,
  ref: ExecutionRef,
  action: ExecutionAction,
): Promise<ExecutionSummary> {
  return act(operator, ref, { name: "resume", ...action }, async (tx, subject, execution) => {
    if (execution.state === "running") {
      // Its step is not done yet, and keeps its number: what is under way and the new task do it once.
      const { botId } = ref;
      await enqueueContinuation(tx, botId, subject.personId, execution);
      return null;
    }
    requireNoOther(subject, execution);
    const isDue = execution.state === "waiting" && execution.dueAt !== null;
    return continueRun(subject, recordStep(execution, "resume", action), { kind: isDue ? "time" : "again" });
  });
}

/**
 * Ends an execution. No message is sent to the person, and its buttons are stale.
 * @throws {AppError} forbidden for listeners; not_found; conflict: it has gone on or is finished
 */
export function cancelExecution(
  operator: Operator,
  ref: ExecutionRef,
  action: ExecutionAction,
): Promise<ExecutionSummary> {
  return act(operator, ref, { name: "cancel", ...action }, async (_tx, _subject, execution) => {
    if (execution.state === "failed") throw new AppError("conflict", { message: "execution_finished" });
    const { execution: ended, steps } = recordStep(execution, "cancel", action);
    Object.assign(ended, { state: "cancelled", token: null, dueAt: null });
    return { execution: ended, steps, messages: [], linkCodes: [] };
  });
}

/**
 * Moves an execution to a version of its workflow, where it performs the node again; its variables stay.
 *
 * @throws {AppError} forbidden for listeners; not_found, also for the version; bad_request: the version has no such node;
 *         conflict: as {@link resumeExecution}
 */
export function moveExecution(
  operator: Operator,
  ref: ExecutionRef,
  move: ExecutionMove,
): Promise<ExecutionSummary> {
  const { versionNumber, nodeId } = move;
  return act(operator, ref, { name: "move", ...move }, async (tx, subject, execution) => {
    requireNoOther(subject, execution);
    const version = await tx.botWorkflowVersion.findFirst({
      where: { workflowId: execution.workflowId, number: versionNumber },
      select: { id: true },
    });
    if (!version) throw new AppError("not_found", { message: "version_not_found" });
    if (nodeId === undefined && execution.frames.length > 0)
      throw new AppError("bad_request", { message: "node_required", field: "nodeId" });
    const target = nodeId ?? execution.nodeId;
    const { nodes } = await subject.loadDefinition(execution.workflowId, version.id);
    if (!Object.hasOwn(nodes, target))
      throw new AppError("bad_request", { message: "node_not_found", field: "nodeId" });
    const recorded = recordStep(execution, "move", { ...move, nodeId: target });
    Object.assign(recorded.execution, { versionId: version.id, frames: [], nodeId: target });
    return continueRun(subject, recorded, { kind: "again" });
  });
}

type ActionSubject = PersonSubject & { personId: string };

/**
 * Does an action once: authorised, in one transaction with its record in the audit log, under the lock of the person.
 * @param change  what is written; null: nothing of the execution
 */
async function act(
  { caller, context, idempotencyKey }: Operator,
  { botId, executionId }: ExecutionRef,
  { name, ...input }: { name: ActionName } & (ExecutionAction | ExecutionMove),
  change: (tx: Transaction, subject: ActionSubject, execution: Execution) => Promise<Run | null>,
): Promise<ExecutionSummary> {
  await requireBot(caller, botId);
  const found = await db().botExecution.findUnique({
    where: { id: executionId, projectId: botId },
    select: { personId: true },
  });
  if (!found) throw new AppError("not_found", { message: "execution_not_found" });
  const person = await preparePerson(botId, found.personId);
  await transaction(async (tx) => {
    const write = { action: name, botId, executionId, ...input };
    const { isRepeat } = await claimIdempotencyKey(
      tx,
      { userId: caller.userId, scope: "bot", key: idempotencyKey, input: write },
      executionId,
    );
    if (isRepeat) return;
    await runForPerson(tx, { botId, person, executionId }, async (subject) => {
      const execution = await findOpenExecution(tx, subject, executionId);
      if (execution.stepNo !== input.stepNo) throw new AppError("conflict", { message: "execution_changed" });
      const run = await change(tx, { ...subject, personId: person.id }, execution);
      return run && { runs: [run], cancelled: [], messages: [] };
    });
    const { reason, ...data } = { versionNumber: null, nodeId: null, ...input };
    await recordAudit(tx, {
      ...{ action: auditActions[name], actorId: caller.userId, subject: `bot:${botId}`, ...context },
      data: { executionId, reason, ...data },
    });
  });
  return getExecution(caller, botId, executionId);
}

/** Unfinished, or failed. @throws {AppError} conflict: it is finished */
async function findOpenExecution(
  tx: Transaction,
  { session }: PersonSubject,
  executionId: string,
): Promise<Execution> {
  const open = session.executions.find(({ id }) => id === executionId);
  if (open) return open;
  const row = await tx.botExecution.findUnique({ where: { id: executionId } });
  if (!row) throw new AppError("not_found", { message: "execution_not_found" });
  if (row.state !== "failed") throw new AppError("conflict", { message: "execution_finished" });
  return executionSchema.parse({ ...row, dueAt: null });
}

/** Of one workflow a person has one execution that waits. @throws {AppError} conflict */
function requireNoOther({ session }: PersonSubject, { id, workflowId, state }: Execution): void {
  const others = session.executions.filter((other) => other.id !== id && other.workflowId === workflowId);
  if (state === "failed" && others.some((other) => other.state === "waiting"))
    throw new AppError("conflict", { message: "another_execution_waits" });
}

/** The execution with a step that says what an operator did. Tasks of the step before find that it has gone on. */
function recordStep(
  execution: Execution,
  action: ActionName,
  { reason, ...input }: ExecutionAction & { versionNumber?: number; nodeId?: string },
): Pick<Run, "execution" | "steps"> {
  const { versionNumber, nodeId } = input;
  const no = execution.stepNo + 1;
  const step = {
    ...{ no, versionId: innermost(execution).versionId, nodeId: execution.nodeId, kind: "operator" },
    input: { action, reason, ...(nodeId === undefined ? {} : { versionNumber, nodeId }) },
    ...{ output: null, error: null },
  };
  return { execution: { ...execution, stepNo: no }, steps: [step] };
}

/** Goes on from a recorded step. @throws {AppError} conflict: it would fail, and the person would read of it again */
async function continueRun(
  { contextOf }: PersonSubject,
  { execution, steps }: Pick<Run, "execution" | "steps">,
  input: RunInput,
): Promise<Run> {
  const ready: Execution = {
    ...execution,
    failure: null,
    ...(input.kind === "again" ? { dueAt: null } : {}),
  };
  const run = await advance(ready, input, await contextOf(ready));
  if (run.execution.state === "failed") throw new AppError("conflict", { message: "execution_would_fail" });
  return { ...run, steps: [...steps, ...run.steps] };
}
