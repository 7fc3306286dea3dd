import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  cancelExecution,
  changeBot,
  createWorkflow,
  getWorkflow,
  listExecutions,
  moveExecution,
  publishDraft,
  readBotNumbers,
  readTimeline,
  resumeExecution,
  saveDraft,
  testDraft,
} from "@/lib/bot";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { ExecutionSummary } from "@/lib/schemas/bot-executions";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import {
  handleUntilTaken,
  pressUpdate,
  runBotTasks,
  type TestSender,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  openTestPhone,
  publishTestWorkflows,
  readMessages,
  type TestBot,
  testDefinition,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";

let bot: TestBot;
const both = (text: string) => ({ ru: text, en: text });
const end = { kind: "end" } as const;
const as = (caller: Caller, idempotencyKey?: string) => ({ caller, context: {}, idempotencyKey });
const action = (stepNo: number) => ({ reason: "stuck" as const, stepNo });

const question = (text: string): DefinitionInput["nodes"] => ({
  ask: {
    ...{ kind: "question", answer: "text", variable: "town", text: both(text), retry: both("Again?") },
    next: "thanks",
  },
  thanks: { kind: "message", text: both("Thanks, {{town}}"), next: "end" },
  end,
});

const workflows: Record<string, DefinitionInput["nodes"]> = {
  ask: question("Town?"),
  outer: { call: { kind: "callWorkflow", workflow: "ask", next: "end" }, end },
  later: {
    delay: { kind: "delay", seconds: 86_400, next: "done" },
    done: { kind: "message", text: both("It is time"), next: "end" },
    end,
  },
  spend: {
    set: { kind: "setVariable", variable: "amount", value: 1, next: "spend" },
    spend: {
      ...{ kind: "spendBonuses", amount: "amount", note: both("Test"), next: "end" },
      ...{ insufficient: "end", unlinked: "guest" },
    },
    guest: { kind: "message", text: both("Not linked"), next: "end" },
    end,
  },
};

beforeAll(async () => {
  bot = await createTestBot(false);
  await publishTestWorkflows(bot.id, workflows);
});
afterAll(async () => {
  await waitForDeferredWork();
  await db().botProject.delete({ where: { id: bot.id } });
});

/** A person who has begun a workflow. */
async function begin(key: string) {
  const { sender, phone } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, `/${key}`));
  const { id: personId } = await findTestPerson(bot, sender);
  const { items } = await listExecutions(bot.owner, bot.id, { person: personId, limit: 50 });
  const [execution] = items;
  if (!execution) throw new Error("the workflow has not begun");
  return { sender, phone, personId, execution, ref: { botId: bot.id, executionId: execution.id } };
}

const textsOf = async (personId: string) => (await readMessages(personId)).map(({ text }) => text);

async function answer(sender: TestSender, text: string): Promise<void> {
  await handleUntilTaken(bot, textUpdate(sender, text));
}

describe("the list of executions", () => {
  it("is read page by page, by state, workflow and person, and only by who runs the bot", async () => {
    const own = await createTestBot(false);
    await publishTestWorkflows(own.id, workflows);
    const people: string[] = [];
    for (const key of ["ask", "later", "ask"]) {
      const { sender } = await openTestPhone(own);
      await handleUntilTaken(own, textUpdate(sender, `/${key}`));
      if (people.length === 0) await handleUntilTaken(own, textUpdate(sender, "Riga"));
      people.push((await findTestPerson(own, sender)).id);
    }
    const list = async (query: Parameters<typeof listExecutions>[2]) =>
      (await listExecutions(own.owner, own.id, query)).items.map(({ person, state, workflowKey }) => [
        people.indexOf(person.id),
        state,
        workflowKey,
      ]);
    const all = [
      [2, "waiting", "ask"],
      [1, "waiting", "later"],
      [0, "done", "ask"],
    ];
    expect(await list({ limit: 50 })).toEqual(all);
    expect(await list({ limit: 50, state: "done" })).toEqual([all[2]]);
    expect(await list({ limit: 50, workflow: "ask" })).toEqual([all[0], all[2]]);
    expect(await list({ limit: 50, workflow: "ask", state: "waiting" })).toEqual([all[0]]);
    expect(await list({ limit: 50, person: people[1] })).toEqual([all[1]]);
    expect(await list({ limit: 50, person: people[1], workflow: "ask" })).toEqual([]);
    expect(await list({ limit: 50, workflow: "none" })).toEqual([]);
    const paged: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await listExecutions(own.owner, own.id, { limit: 1, cursor });
      paged.push(...page.items.map(({ person }) => people.indexOf(person.id)));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual([2, 1, 0]);
    const stranger = await createPerson("artist");
    await expect(listExecutions(stranger, own.id, { limit: 1 })).rejects.toMatchObject({ code: "not_found" });
    expect(await readBotNumbers(own.owner, [own.id])).toEqual([
      { botId: own.id, people: 3, waiting: 2, failedToday: 0 },
    ]);
    await db().botExecution.updateMany({
      where: { personId: people[2] },
      data: { state: "failed", finishedAt: new Date() },
    });
    expect(await readBotNumbers(own.owner, [own.id])).toMatchObject([{ waiting: 1, failedToday: 1 }]);
    await db().botProject.delete({ where: { id: own.id } });
  });
});

describe("a timeline", () => {
  it("has each step with its input, output and what was sent, page by page, and hides one-time codes", async () => {
    const { sender, ref, personId } = await begin("ask");
    await answer(sender, "Riga");
    const { execution, steps, messages, nextAfter } = await readTimeline(bot.owner, ref, {
      ...{ after: 0, limit: 100 },
    });
    expect(execution).toMatchObject({ state: "done", workflowKey: "ask", variables: { town: "Riga" } });
    expect(steps.map(({ no, kind, input, output }) => [no, kind, input, output])).toEqual([
      [1, "question", null, null],
      [2, "question", { text: "Riga", phone: null }, { town: "Riga" }],
      [3, "message", null, null],
      [4, "end", null, null],
    ]);
    expect(messages.map(({ stepNo, text, state }) => [stepNo, text, state])).toEqual([
      [1, "Town?", "sent"],
      [3, "Thanks, Riga", "sent"],
    ]);
    expect(nextAfter).toBeNull();
    const first = await readTimeline(bot.owner, ref, { after: 0, limit: 2 });
    expect([first.steps.length, first.messages.length, first.nextAfter]).toEqual([2, 1, 2]);
    const second = await readTimeline(bot.owner, ref, { after: 2, limit: 2 });
    expect([second.steps[0]?.no, second.messages[0]?.stepNo, second.nextAfter]).toEqual([3, 3, null]);

    const code = "AbCdEfGhIjKlMnOpQrStUv";
    await db().botMessage.updateMany({
      where: { personId, stepNo: 3 },
      data: { payload: { chat_id: 1, text: `https://site.example/me/devices?telegram=${code}` } },
    });
    const hidden = await readTimeline(bot.owner, ref, { after: 2, limit: 2 });
    expect(hidden.messages[0]?.text).toBe("https://site.example/me/devices?telegram=•••");
    const stranger = await createPerson("artist");
    await expect(readTimeline(stranger, ref, { after: 0, limit: 1 })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("of another bot is not found under this one", async () => {
    const other = await createTestBot(false);
    const { execution } = await begin("ask");
    const ref = { botId: other.id, executionId: execution.id };
    await expect(readTimeline(other.owner, ref, { after: 0, limit: 1 })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(cancelExecution(as(other.owner), ref, action(1))).rejects.toMatchObject({
      code: "not_found",
    });
    await db().botProject.delete({ where: { id: other.id } });
  });
});

describe("resuming", () => {
  it("ends a wait for a time, once with one key, and its task then changes nothing", async () => {
    const { ref, personId } = await begin("later");
    const key = newId();
    const resumed = await resumeExecution(as(bot.owner, key), ref, action(1));
    expect(resumed).toMatchObject({ state: "done", dueAt: null });
    expect(await resumeExecution(as(bot.owner, key), ref, action(1))).toEqual(resumed);
    await waitForDeferredWork();
    await db().task.updateMany({
      where: { payload: { path: ["executionId"], equals: ref.executionId } },
      data: { notBefore: new Date() },
    });
    await runBotTasks(bot);
    expect(await textsOf(personId)).toEqual(["It is time"]);
    const { steps } = await readTimeline(bot.owner, ref, { after: 0, limit: 100 });
    expect(steps.map(({ kind, input }) => [kind, input])).toEqual([
      ["delay", null],
      ["operator", { action: "resume", reason: "stuck" }],
      ["delay", null],
      ["message", null],
      ["end", null],
    ]);
    const audited = await db().auditEntry.findMany({ where: { subject: `bot:${bot.id}` } });
    expect(audited.filter(({ action: name }) => name === "execution_resumed")).toMatchObject([
      { actorId: bot.owner.userId, data: { executionId: ref.executionId, reason: "stuck" } },
    ]);
    const finished = resumeExecution(as(bot.owner), ref, action(resumed.stepNo));
    await expect(finished).rejects.toMatchObject({ code: "conflict", messageKey: "execution_finished" });
  });

  it("asks a question again, also within a called workflow, and the answer counts once", async () => {
    const { sender, ref, personId, execution } = await begin("outer");
    expect(execution).toMatchObject({ workflowKey: "outer", nodeWorkflowKey: "ask", nodeId: "ask" });
    const { waiting } = await getWorkflow(bot.owner, bot.id, "ask");
    expect(waiting.find(({ nodeId }) => nodeId === "ask")?.count).toBeGreaterThan(0);
    await resumeExecution(as(bot.owner), ref, action(execution.stepNo));
    await waitForDeferredWork();
    await answer(sender, "Riga");
    expect(await textsOf(personId)).toEqual(["Town?", "Town?", "Thanks, Riga"]);
  });

  it("of an execution that has gone on meanwhile is refused", async () => {
    const { sender, ref } = await begin("ask");
    await answer(sender, "Riga");
    await expect(resumeExecution(as(bot.owner), ref, action(1))).rejects.toMatchObject({ code: "conflict" });
    const other = await begin("ask");
    await expect(resumeExecution(as(bot.owner), other.ref, action(2))).rejects.toMatchObject({
      messageKey: "execution_changed",
    });
  });

  it("gives a running one a task, and the step is done once", async () => {
    const { ref, personId, execution } = await begin("spend");
    expect(execution.state).toBe("running");
    for (let times = 0; times < 2; times++)
      await resumeExecution(as(bot.owner), ref, action(execution.stepNo));
    await runBotTasks(bot);
    expect((await textsOf(personId)).filter((text) => text === "Not linked")).toHaveLength(1);
  });

  it("of one that failed repeats the step, unless it would fail again or another one waits", async () => {
    const { sender, ref, personId } = await begin("ask");
    const fail = async (nodeId: string) => {
      await db().botExecution.update({
        where: { id: ref.executionId },
        data: { state: "failed", failure: "unknown_node", nodeId, token: null, finishedAt: new Date() },
      });
      // What is cached of the person is older.
      await db().botPerson.update({ where: { id: personId }, data: { revision: { increment: 1 } } });
    };
    await fail("gone");
    const again = resumeExecution(as(bot.owner), ref, action(1));
    await expect(again).rejects.toMatchObject({ messageKey: "execution_would_fail" });
    expect(await textsOf(personId)).toEqual(["Town?"]);
    await fail("ask");
    await handleUntilTaken(bot, textUpdate(sender, "/ask"));
    await expect(resumeExecution(as(bot.owner), ref, action(1))).rejects.toMatchObject({
      messageKey: "another_execution_waits",
    });
    await answer(sender, "Riga");
    expect(await resumeExecution(as(bot.owner), ref, action(1))).toMatchObject({
      ...{ state: "waiting", failure: null, finishedAt: null },
    });
    await answer(sender, "Oslo");
    expect((await textsOf(personId)).at(-1)).toBe("Thanks, Oslo");
  });
});

describe("cancelling", () => {
  it("ends an execution without a word, and what the person writes or presses finds it gone", async () => {
    const { sender, ref, personId } = await begin("ask");
    expect(await cancelExecution(as(bot.owner), ref, action(1))).toMatchObject({ state: "cancelled" });
    await waitForDeferredWork();
    await answer(sender, "Riga");
    expect(await textsOf(personId)).toEqual(["Town?", "I do not understand. /start shows the menu."]);
    await expect(cancelExecution(as(bot.owner), ref, action(2))).rejects.toMatchObject({
      messageKey: "execution_finished",
    });
  });
});

describe("moving", () => {
  async function publishSecond(nodes: DefinitionInput["nodes"]): Promise<TestBot> {
    const own = await createTestBot(false);
    await publishTestWorkflows(own.id, workflows);
    await publishTestWorkflows(own.id, { ask: nodes });
    return own;
  }

  it("brings a person to a node of another version, with their variables", async () => {
    const { sender, ref, personId, execution } = await begin("ask");
    await publishTestWorkflows(bot.id, { ask: question("Which town?") });
    const move = { ...action(execution.stepNo), versionNumber: 2 };
    const missing = moveExecution(as(bot.owner), ref, { ...move, versionNumber: 9 });
    await expect(missing).rejects.toMatchObject({ code: "not_found", messageKey: "version_not_found" });
    const nowhere = moveExecution(as(bot.owner), ref, { ...move, nodeId: "nowhere" });
    await expect(nowhere).rejects.toMatchObject({ code: "bad_request", field: "nodeId" });
    expect(await moveExecution(as(bot.owner), ref, move)).toMatchObject({
      ...{ versionNumber: 2, nodeId: "ask", state: "waiting" },
    });
    await waitForDeferredWork();
    await answer(sender, "Riga");
    expect(await textsOf(personId)).toEqual(["Town?", "Which town?", "Thanks, Riga"]);
    const { steps } = await readTimeline(bot.owner, ref, { after: 0, limit: 100 });
    expect(steps.map(({ versionNumber }) => versionNumber)).toEqual([1, 1, 2, 2, 2, 2]);
    expect(steps[1]?.input).toEqual({
      ...{ action: "move", reason: "stuck", versionNumber: 2, nodeId: "ask" },
    });
  });

  it("out of a called workflow needs the node", async () => {
    const { ref, execution } = await begin("outer");
    const move = { ...action(execution.stepNo), versionNumber: 1 };
    await expect(moveExecution(as(bot.owner), ref, move)).rejects.toMatchObject({
      ...{ code: "bad_request", messageKey: "node_required" },
    });
    expect(await moveExecution(as(bot.owner), ref, { ...move, nodeId: "end" })).toMatchObject({
      ...{ state: "done", nodeWorkflowKey: "outer" },
    });
  });

  it("and resuming are refused while the bot is paused, cancelling is not", async () => {
    const own = await publishSecond(question("Town?"));
    const { sender } = await openTestPhone(own);
    await handleUntilTaken(own, textUpdate(sender, "/ask"));
    const [execution] = (await listExecutions(own.owner, own.id, { limit: 1 })).items as [ExecutionSummary];
    const ref = { botId: own.id, executionId: execution.id };
    await changeBot(as(own.owner), own.id, { state: "paused" });
    for (const act of [
      () => resumeExecution(as(own.owner), ref, action(1)),
      () => moveExecution(as(own.owner), ref, { ...action(1), versionNumber: 1 }),
    ])
      await expect(act()).rejects.toMatchObject({ code: "conflict", messageKey: "bot_paused" });
    expect(await cancelExecution(as(own.owner), ref, action(1))).toMatchObject({ state: "cancelled" });
    await db().botProject.delete({ where: { id: own.id } });
  });
});

describe("a test run of a draft", () => {
  it("reaches one person alone, as a version without a number, and is not published", async () => {
    const key = "trial";
    await createWorkflow(as(bot.owner), bot.id, {
      ...{ key, command: "trial", definition: testDefinition(question("Draft 1?")) },
    });
    const { sender, personId } = await begin("ask");
    const run = { key, revision: 1 };
    await expect(testDraft(as(bot.owner), bot.id, run)).rejects.toMatchObject({
      messageKey: "test_person_missing",
    });
    const other = await createTestBot(false);
    const stranger = await createPerson("artist");
    await expect(testDraft(as(stranger), bot.id, { ...run, personId })).rejects.toMatchObject({
      code: "not_found",
    });
    const idempotencyKey = newId();
    const started = await testDraft(as(bot.owner, idempotencyKey), bot.id, { ...run, personId });
    expect(started).toMatchObject({ state: "waiting", versionNumber: null, workflowKey: key });
    expect(await testDraft(as(bot.owner, idempotencyKey), bot.id, { ...run, personId })).toEqual(started);
    await waitForDeferredWork();
    const unknown = await openTestPhone(bot);
    await handleUntilTaken(bot, textUpdate(unknown.sender, "/trial"));
    const { id: unknownId } = await findTestPerson(bot, unknown.sender);
    expect(await textsOf(unknownId)).toEqual(["There is no such command. /start shows the menu."]);
    await answer(sender, "Riga");
    expect((await textsOf(personId)).slice(-2)).toEqual(["Draft 1?", "Thanks, Riga"]);

    // Another run of the same draft has the same version; a changed draft has another one.
    const again = await testDraft(as(bot.owner), bot.id, { ...run, personId });
    const change = {
      key,
      definition: testDefinition(question("Draft 2?")),
      command: "trial",
      baseNumber: null,
    };
    await saveDraft(as(bot.owner), bot.id, { ...change, revision: 1 });
    await expect(testDraft(as(bot.owner), bot.id, { ...run, personId })).rejects.toMatchObject({
      messageKey: "draft_changed",
    });
    await testDraft(as(bot.owner), bot.id, { key, revision: 2, personId });
    await waitForDeferredWork();
    expect((await textsOf(personId)).at(-1)).toBe("Draft 2?");
    const workflow = await getWorkflow(bot.owner, bot.id, key);
    expect(workflow).toMatchObject({ publishedNumber: null, versions: [] });
    expect(workflow.waiting).toEqual([{ nodeId: "ask", number: null, count: 1 }]);
    expect(await db().botWorkflowVersion.count({ where: { workflow: { projectId: bot.id, key } } })).toBe(2);
    expect(await db().botExecution.findUniqueOrThrow({ where: { id: again.id } })).toMatchObject({
      state: "cancelled",
    });
    // The first number is of the first version that is published.
    await publishDraft(as(bot.owner), bot.id, { key, revision: 2, expectedNumber: null });
    expect((await getWorkflow(bot.owner, bot.id, key)).publishedNumber).toBe(1);
    await waitForDeferredWork();
    await db().botProject.delete({ where: { id: other.id } });
  });

  it("is by default of the caller's own Telegram, which is linked in another bot", async () => {
    const site = await createTestBot();
    const { sender, personId } = await begin("ask");
    await handleUntilTaken(site, textUpdate(sender, "/start"));
    const linked = await findTestPerson(site, sender);
    await db().botPerson.update({ where: { id: linked.id }, data: { userId: bot.owner.userId } });
    const key = "mine";
    await createWorkflow(as(bot.owner), bot.id, { key, definition: testDefinition(question("Mine?")) });
    const started = await testDraft(as(bot.owner), bot.id, { key, revision: 1 });
    expect(started.person.id).toBe(personId);
    await waitForDeferredWork();
    expect((await textsOf(personId)).at(-1)).toBe("Mine?");
    await db().botProject.delete({ where: { id: site.id } });
  });

  it("keeps twenty versions at most", async () => {
    const key = "often";
    const { personId, sender } = await begin("ask");
    await createWorkflow(as(bot.owner), bot.id, { key, definition: testDefinition(question("0?")) });
    for (let revision = 1; revision <= 23; revision++) {
      await testDraft(as(bot.owner), bot.id, { key, revision, personId });
      const definition = testDefinition(question(`${revision}?`));
      await saveDraft(as(bot.owner), bot.id, { key, definition, command: null, baseNumber: null, revision });
    }
    await waitForDeferredWork();
    expect(await db().botWorkflowVersion.count({ where: { workflow: { projectId: bot.id, key } } })).toBe(20);
    await answer(sender, "Riga");
    expect((await textsOf(personId)).at(-1)).toBe("Thanks, Riga");
  });
});

it("a button of a test run is pressed like any other", async () => {
  const key = "press";
  const { sender, personId } = await begin("ask");
  const definition = testDefinition({
    ask: {
      ...{ kind: "message", text: both("Press") },
      buttons: [{ label: both("Yes"), next: "thanks" }],
    },
    thanks: { kind: "message", text: both("Pressed"), next: "end" },
    end,
  });
  await createWorkflow(as(bot.owner), bot.id, { key, definition });
  await testDraft(as(bot.owner), bot.id, { key, revision: 1, personId });
  await waitForDeferredWork();
  const data = (await readMessages(personId)).at(-1)?.buttons[0]?.data ?? "";
  await handleUntilTaken(bot, pressUpdate(sender, data));
  expect((await textsOf(personId)).at(-1)).toBe("Pressed");
});
