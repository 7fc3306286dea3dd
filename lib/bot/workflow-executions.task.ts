import type { CachedBot, CachedVariables } from "../cache";
import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import { afterCommit, db, type Transaction } from "../db";
import type { Execution } from "../schemas/bot";
import type { Node } from "../schemas/workflow";
import { defineTask, enqueue, NonRetryableTaskError, type Payload } from "../tasks";
import { advance, innermost, isHeavy, newExecution } from "./advance";
import { Definitions, findBot, loadBot } from "./bots";
import { variableLookup } from "./built-in-variables";
import { commitChange, enqueueContinuation } from "./commit-run";
import { applyBonuses, type PreparedStep, prepareHeavyStep, releaseSpendLock } from "./heavy-step";
import { plainMessage } from "./node-message";
import { type KnownPerson, loadSession, lockPerson, readPerson } from "./people";
import { createRunContext, findAccount } from "./run-context";
import type { Run, RunContext, RunInput } from "./run-types";
import { takeOverChat } from "./send";
import { botText } from "./texts";

type TaskPayload = Payload<"workflow-executions">;
type Continuation = Extract<TaskPayload, { do: "continue" }>;

interface Prepared {
  payload: TaskPayload;
  bot: CachedBot | null;
  step: PreparedStep | null;
  /** The linked account of the person when it was read, with its variables; null without a person. */
  account: { userId: string | null; variables: CachedVariables | null } | null;
  definitions: Definitions | null;
}

/**
 * Queue `workflow-executions`: the slow work of a step, executions that are due, workflows that the app starts, and
 * messages that had to wait. The slow half runs without a transaction; what follows from it is written with the task's completion.
 */
export const task = defineTask<"workflow-executions">()({
  async prepare(payload, { signal }): Promise<Prepared> {
    const bot = await findBot(payload.projectId);
    if (bot?.state !== "active") return { payload, bot, step: null, account: null, definitions: null };
    if (payload.do === "deliver") await takeOverChat(bot, payload.sessionId);
    const definitions = new Definitions(bot);
    const step =
      payload.do === "continue" ? await prepareContinuation(bot, payload, definitions.load, signal) : null;
    if (payload.do === "start") await warmStart(bot, payload, definitions);
    const person = await readPerson(db(), payload);
    const account = person && { userId: person.userId, variables: await findAccount(bot, person) };
    await failpoint("bot.step.prepared");
    return { payload, bot, step, account, definitions };
  },
  async commit(tx, { payload, bot, step, account, definitions }) {
    if (step?.kind === "bonuses") {
      const release = () => releaseSpendLock(step.lock);
      afterCommit(tx, release, () => void release());
    }
    if (!bot || payload.do === "deliver") return;
    if (!definitions) return postpone(tx, payload);
    const locked = await lockPerson(tx, payload);
    if (!locked) return;
    // If the person was linked or unlinked in between, the account is read again.
    const isSame = account !== null && account.userId === locked.userId;
    const person = isSame ? { ...locked, account: account.variables } : locked;
    const loadDefinition = definitions.loadWithin(tx);
    if (payload.do === "start") await startWorkflow(tx, { bot, person, loadDefinition }, payload);
    else await continueExecution(tx, { bot, person, loadDefinition, payload, step });
  },
  async abandon(tx, payload) {
    if (payload.do === "continue") await abandonExecution(tx, payload);
  },
});

/** A paused bot continues nothing before this. The sweep finds the messages that it had to deliver. */
const PAUSED_DELAY_SECONDS = 600;

async function postpone(tx: Transaction, payload: TaskPayload): Promise<void> {
  const key = `continue:${payload.sessionId}:${newId()}`;
  await enqueue(tx, "workflow-executions", payload, { key, delaySeconds: PAUSED_DELAY_SECONDS });
}

async function prepareContinuation(
  bot: CachedBot,
  payload: Continuation,
  loadDefinition: RunContext["loadDefinition"],
  signal: AbortSignal,
): Promise<PreparedStep | null> {
  const person = await readPerson(db(), payload);
  const session = person && (await loadSession(db(), person.id, payload.executionId));
  const execution = session && findExecution(session.executions, payload);
  if (!execution) return null;
  const node = await currentNode(loadDefinition, execution);
  if (!node || !isHeavy(node)) return null;
  const context = await contextOf({ bot, person, loadDefinition }, session.executions, execution);
  const lookup = variableLookup(context, execution, {});
  return prepareHeavyStep(node, execution, lookup, { userId: person.userId, signal, bot });
}

/** Loads the definition before the transaction, which then needs no second connection. */
async function warmStart(
  bot: CachedBot,
  { workflowId }: Extract<TaskPayload, { do: "start" }>,
  definitions: Definitions,
): Promise<void> {
  const versionId = bot.workflows.find(({ id }) => id === workflowId)?.versionId;
  if (versionId) await definitions.load(workflowId, versionId);
}

interface TaskSubject {
  bot: CachedBot;
  person: TaskPerson;
  loadDefinition: RunContext["loadDefinition"];
}

interface ContinuedExecution extends TaskSubject {
  payload: Continuation;
  step: PreparedStep | null;
}

async function continueExecution(
  tx: Transaction,
  { payload, step, ...subject }: ContinuedExecution,
): Promise<void> {
  const { bot, person, loadDefinition } = subject;
  const session = await loadSession(tx, person.id, payload.executionId);
  const execution = findExecution(session.executions, payload);
  // It was continued, cancelled or finished meanwhile.
  if (!execution) return;
  if (execution.dueAt !== null && Date.parse(execution.dueAt) > now())
    return enqueueContinuation(tx, bot.id, person.id, execution);
  const context = await contextOf(subject, session.executions, execution);
  const node = await currentNode(loadDefinition, execution);
  const input = await (async (): Promise<RunInput> => {
    if (execution.dueAt !== null || !node || !isHeavy(node)) return { kind: "time" };
    if (step?.kind === "outcome") return { kind: "outcome", outcome: step.outcome };
    if (node.kind === "httpRequest") throw new Error("a call was not prepared: the task is tried again");
    const lookup = variableLookup(context, execution, {});
    const { userId } = person;
    return {
      kind: "outcome",
      outcome: await applyBonuses(tx, node, execution, { userId, context, lookup }),
    };
  })();
  await commitRuns(tx, { bot, person, session }, [await advance(execution, input, context)]);
}

async function startWorkflow(
  tx: Transaction,
  subject: TaskSubject,
  { workflowId, input }: Extract<TaskPayload, { do: "start" }>,
): Promise<void> {
  const { bot, person } = subject;
  const workflow = bot.workflows.find(({ id }) => id === workflowId);
  if (!workflow?.versionId) throw new NonRetryableTaskError("the workflow is not published");
  const session = await loadSession(tx, person.id);
  const execution = newExecution(workflow.id, workflow.versionId, input);
  const context = await contextOf(subject, session.executions, execution);
  await commitRuns(tx, { bot, person, session }, [await advance(execution, { kind: "start" }, context)]);
}

async function commitRuns(
  tx: Transaction,
  subject: { bot: CachedBot; person: TaskPerson; session: Awaited<ReturnType<typeof loadSession>> },
  runs: Run[],
): Promise<void> {
  const { telegramId } = subject.person;
  const outcome = await commitChange(
    tx,
    { runs, cancelled: [], messages: [] },
    { ...subject, telegramId, updateId: null, profile: null },
  );
  if (outcome !== "written") throw new Error("a person's revision changed under its lock");
}

/** Fails an execution whose task is dead, and notifies the person. */
async function abandonExecution(tx: Transaction, payload: Continuation): Promise<void> {
  const bot = await loadBot(payload.projectId, tx);
  const person = bot && (await lockPerson(tx, payload));
  if (!bot || !person) return;
  const session = await loadSession(tx, person.id, payload.executionId);
  const execution = findExecution(session.executions, payload);
  if (!execution) return;
  const failed = { ...execution, state: "failed" as const, failure: "task_dead", token: null, dueAt: null };
  const messages = [plainMessage(person.telegramId, botText(person.language, "failed"), execution)];
  await commitRuns(tx, { bot, person, session }, [{ execution: failed, steps: [], messages, linkCodes: [] }]);
}

type TaskPerson = KnownPerson & { account?: CachedVariables | null };

function findExecution(
  executions: readonly Execution[],
  { executionId, stepNo }: Continuation,
): Execution | undefined {
  return executions.find(({ id, stepNo: last }) => id === executionId && last === stepNo);
}

function contextOf(
  { bot, person, loadDefinition }: TaskSubject,
  executions: readonly Execution[],
  execution: Execution,
) {
  const others = executions.filter(({ id }) => id !== execution.id);
  const { telegramId, language, account } = person;
  return createRunContext({ bot, person, telegramId, language, others, account, loadDefinition });
}

async function currentNode(
  loadDefinition: RunContext["loadDefinition"],
  execution: Execution,
): Promise<Node | undefined> {
  const { workflowId, versionId } = innermost(execution);
  const { nodes } = await loadDefinition(workflowId, versionId);
  return Object.hasOwn(nodes, execution.nodeId) ? nodes[execution.nodeId] : undefined;
}
