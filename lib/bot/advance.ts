import { randomBytes } from "node:crypto";
import { newId } from "../core/ids";
import type { Execution, Variables } from "../schemas/bot";
import { isWait, type Node, type NodeKind, type NodeOf } from "../schemas/workflow";
import { variableLookup } from "./built-in-variables";
import { evaluateCondition } from "./condition";
import { newLinkCode } from "./link-code";
import { nodeMessage, plainMessage } from "./node-message";
import { parseAnswer } from "./parse-answer";
import type { HeavyNode, HeavyOutcome, Run, RunContext, RunInput, StepRow } from "./run-types";
import { type Lookup, renderText } from "./template";
import { botText } from "./texts";
import { nextDueMs } from "./time-of-day";

/** Steps of one run; a definition without a loop that does not wait needs fewer. */
const MAX_STEPS_PER_RUN = 100;
/** Steps of an execution in all. */
const MAX_STEPS = 2_000;
/** Workflows that call each other. */
const MAX_DEPTH = 5;
const MAX_VARIABLES = 100;

/** What a node leads to. */
type Way = { go: string } | { stop: "wait" | "heavy" | "end" };

const HEAVY: ReadonlySet<NodeKind> = new Set<NodeKind>(["httpRequest", "spendBonuses", "creditBonuses"]);

export function isHeavy(node: Node): node is HeavyNode {
  return HEAVY.has(node.kind);
}

/**
 * Runs an execution from where it is until it waits, needs a task, or ends. Changes nothing outside: what it returns is
 * written in one transaction, or not at all, so it may be repeated.
 *
 * @throws what `loadDefinition` throws
 */
export async function advance(execution: Execution, input: RunInput, context: RunContext): Promise<Run> {
  const runner = new Runner({ ...execution, variables: { ...execution.variables } }, context);
  await runner.run(input);
  return runner.result;
}

/** An execution that has not begun. */
export function newExecution(workflowId: string, versionId: string, variables: Variables = {}): Execution {
  return {
    ...{ id: newId(), workflowId, versionId, state: "running", nodeId: "", frames: [], variables },
    ...{ stepNo: 0, token: null, dueAt: null, failure: null },
  };
}

class Runner {
  readonly result: Run;
  private readonly execution: Execution;
  /** Set for the rest of the run, and not stored. */
  private readonly transient: Variables = {};
  private context: RunContext;

  constructor(execution: Execution, context: RunContext) {
    this.execution = execution;
    this.context = context;
    this.result = { execution, steps: [], messages: [], linkCodes: [] };
  }

  async run(input: RunInput): Promise<void> {
    const { execution } = this;
    let way = await this.enter(input);
    while ("go" in way) {
      if (this.result.steps.length >= MAX_STEPS_PER_RUN || execution.stepNo >= MAX_STEPS)
        return this.fail("too_many_steps");
      execution.nodeId = way.go;
      const node = await this.currentNode();
      if (!node) return this.fail("unknown_node");
      way = await this.perform(node);
      if ("stop" in way && way.stop === "end") way = this.leave();
    }
    execution.state = way.stop === "end" ? "done" : way.stop === "heavy" ? "running" : "waiting";
    if (way.stop !== "wait") execution.token = null;
  }

  /** The way on from where the execution stopped. */
  private async enter(input: RunInput): Promise<Way> {
    const { execution } = this;
    if (input.kind === "start") return { go: (await this.definition()).start };
    if (input.kind === "again") return { go: execution.nodeId };
    const node = await this.currentNode();
    if (!node) return { go: execution.nodeId };
    switch (node.kind) {
      case "message": {
        const button = input.kind === "button" ? node.buttons[input.index] : undefined;
        if (!button || !("next" in button)) return { stop: "wait" };
        this.addStep(node, { input: { button: button.label[this.context.language] } });
        return { go: button.next };
      }
      case "question":
        return this.answer(node, input);
      case "delay":
      case "waitUntil":
        if (input.kind !== "time") return { stop: "wait" };
        execution.dueAt = null;
        this.addStep(node, { output: { due: true } });
        return { go: node.next };
      default:
        if (!isHeavy(node) || input.kind !== "outcome") return { stop: "heavy" };
        return this.continueAfter(node, input.outcome);
    }
  }

  private answer(node: NodeOf<"question">, input: RunInput): Way {
    const value = parseAnswer(node, input);
    const given = input.kind === "answer" ? { text: input.text, phone: input.phone } : { button: value };
    if (value === null) {
      this.addStep(node, { input: given, error: "does not fit" });
      this.send(node, node.retry);
      return { stop: "wait" };
    }
    this.addStep(node, { input: given, output: { [node.variable]: value } });
    this.setVariable(node.variable, value);
    return { go: node.next };
  }

  private continueAfter(node: HeavyNode, { take, variables, balance, error }: HeavyOutcome): Way {
    this.addStep(node, { output: { take, ...variables }, error: error ?? null });
    for (const [name, value] of Object.entries(variables)) this.setVariable(name, value);
    const { account } = this.context;
    if (account && balance !== undefined)
      this.context = { ...this.context, account: { ...account, balance } };
    const ways: Partial<Record<HeavyOutcome["take"], string>> = node;
    return { go: ways[take] ?? node.next };
  }

  private async perform(node: Node): Promise<Way> {
    // A heavy node's step is written with its outcome.
    if (isHeavy(node)) return { stop: "heavy" };
    switch (node.kind) {
      case "message":
        if (isWait(node)) this.execution.token = newToken();
        this.addStep(node);
        this.send(node);
        return isWait(node) || node.next === undefined ? { stop: "wait" } : { go: node.next };
      case "question":
        this.execution.token = newToken();
        this.addStep(node);
        this.send(node);
        return { stop: "wait" };
      case "condition": {
        const holds = evaluateCondition(node, this.lookup());
        this.addStep(node, { output: { holds } });
        return { go: holds ? node.next : node.otherwise };
      }
      case "setVariable":
        return this.assign(node);
      case "delay":
      case "waitUntil": {
        const dueMs =
          node.kind === "delay"
            ? this.context.nowMs + node.seconds * 1_000
            : nextDueMs(node.at, this.context.nowMs);
        this.execution.dueAt = new Date(dueMs).toISOString();
        // Of the node before: nothing but the time resumes this one.
        this.execution.token = null;
        this.addStep(node, { output: { dueAt: this.execution.dueAt } });
        return { stop: "wait" };
      }
      case "linkAccount": {
        if (!this.context.bot.isAdministrators) {
          this.addStep(node, { error: "only bots of administrators link accounts" });
          return { go: node.next };
        }
        const { code, url, row } = newLinkCode(this.context);
        Object.assign(this.transient, { linkUrl: url, linkCode: code });
        this.result.linkCodes.push(row);
        this.addStep(node);
        return { go: node.next };
      }
      case "setNotifications":
        return this.setNotifications(node);
      case "callWorkflow":
        return this.call(node);
      case "jump":
        this.addStep(node);
        return { go: node.next };
      case "repeatQuestion":
        this.addStep(node, { output: { repeated: await this.repeatQuestion() } });
        return { go: node.next };
      case "end":
        this.addStep(node);
        return { stop: "end" };
    }
  }

  private assign(node: NodeOf<"setVariable">): Way {
    const lookup = this.lookup();
    const value =
      node.add === undefined
        ? typeof node.value === "string"
          ? renderText(node.value, lookup)
          : (node.value ?? "")
        : Number(lookup(node.variable) ?? 0) + node.add;
    this.setVariable(node.variable, typeof value === "number" && !Number.isFinite(value) ? 0 : value);
    this.addStep(node, { output: { [node.variable]: value } });
    return { go: node.next };
  }

  private setNotifications(node: NodeOf<"setNotifications">): Way {
    const { bot, person } = this.context;
    const isAllowed = bot.isAdministrators && person.userId !== null;
    this.addStep(node, { error: isAllowed ? null : "no linked account" });
    if (isAllowed) this.result.isNotified = node.on;
    return { go: node.next };
  }

  private async call(node: NodeOf<"callWorkflow">): Promise<Way> {
    const { execution, context } = this;
    const called = context.bot.workflows.find(({ key }) => key === node.workflow);
    const isCallable = called?.versionId && execution.frames.length < MAX_DEPTH;
    this.addStep(node, { error: isCallable ? null : "not callable" });
    if (!called?.versionId || !isCallable) return { go: node.next };
    const frame = { workflowId: called.id, versionId: called.versionId, returnTo: node.next };
    execution.frames = [...execution.frames, frame];
    return { go: (await this.definition()).start };
  }

  /** At the end of a called workflow its caller goes on. */
  private leave(): Way {
    const frame = this.execution.frames.at(-1);
    if (!frame) return { stop: "end" };
    this.execution.frames = this.execution.frames.slice(0, -1);
    return { go: frame.returnTo };
  }

  /** @returns whether there was one */
  private async repeatQuestion(): Promise<boolean> {
    for (const waiting of this.context.others) {
      if (waiting.state !== "waiting" || waiting.token === null) continue;
      const { workflowId, versionId } = innermost(waiting);
      const { nodes } = await this.context.loadDefinition(workflowId, versionId);
      const node = Object.hasOwn(nodes, waiting.nodeId) ? nodes[waiting.nodeId] : undefined;
      if (node?.kind !== "message" && node?.kind !== "question") continue;
      const lookup = variableLookup(this.context, waiting, {});
      const { stepNo } = waiting;
      this.result.messages.push(
        nodeMessage(node, { context: this.context, execution: waiting, lookup, stepNo }),
      );
      return true;
    }
    return false;
  }

  private send(node: NodeOf<"message"> | NodeOf<"question">, text = node.text): void {
    const { context, execution } = this;
    const { stepNo } = execution;
    this.result.messages.push(nodeMessage(node, { context, execution, lookup: this.lookup(), stepNo }, text));
  }

  private fail(failure: string): void {
    const { execution, context } = this;
    Object.assign(execution, { state: "failed", failure, token: null, dueAt: null });
    this.result.messages.push(plainMessage(context.chatId, botText(context.language, "failed"), execution));
  }

  private setVariable(name: string, value: Variables[string]): void {
    const { variables } = this.execution;
    if (Object.hasOwn(variables, name) || Object.keys(variables).length < MAX_VARIABLES)
      variables[name] = value;
  }

  private lookup(): Lookup {
    return variableLookup(this.context, this.execution, this.transient);
  }

  private addStep(node: Node, step: Partial<Pick<StepRow, "input" | "output" | "error">> = {}): void {
    const { execution } = this;
    execution.stepNo += 1;
    this.result.steps.push({
      ...{ no: execution.stepNo, versionId: innermost(execution).versionId, nodeId: execution.nodeId },
      ...{ kind: node.kind, input: null, output: null, error: null, ...step },
    });
  }

  private definition() {
    const { workflowId, versionId } = innermost(this.execution);
    return this.context.loadDefinition(workflowId, versionId);
  }

  private async currentNode(): Promise<Node | undefined> {
    const { nodes } = await this.definition();
    const { nodeId } = this.execution;
    return Object.hasOwn(nodes, nodeId) ? nodes[nodeId] : undefined;
  }
}

/** The workflow, and its version, whose node the execution is at. */
export function innermost(execution: Execution): { workflowId: string; versionId: string } {
  return execution.frames.at(-1) ?? execution;
}

/** 48 random bits: a client cannot guess the token of a step that it has not seen. */
const newToken = (): string => randomBytes(6).toString("base64url");
