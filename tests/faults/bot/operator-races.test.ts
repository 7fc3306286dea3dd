import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addEntry } from "@/lib/bonuses";
import {
  cancelExecution,
  changeBot,
  createWorkflow,
  getWorkflow,
  importWorkflows,
  listExecutions,
  moveExecution,
  publishDraft,
  publishWorkflows,
  resumeExecution,
  rollBack,
  saveDraft,
} from "@/lib/bot";
import { waitForDeferredWork } from "@/lib/core/defer";
import { toAppError } from "@/lib/core/http";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import { controlOf } from "@/tests/support/clients/telegram";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  handleUntilTaken,
  pressUpdate,
  runBotTasks,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  linkTestPerson,
  openTestPhone,
  publishTestWorkflows,
  readMessages,
  type TestBot,
  testDefinition,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
const backends = await startIsolatedBackends();
let bot: TestBot;
const both = (text: string) => ({ ru: text, en: text });
const end = { kind: "end" } as const;

const poll = (version: string): DefinitionInput["nodes"] => ({
  ask: {
    ...{ kind: "message", text: both(`Question ${version}`) },
    buttons: [{ label: both("Yes"), next: "thanks" }],
  },
  thanks: { kind: "message", text: both(`Thanks ${version}`), next: "end" },
  end,
});

beforeAll(async () => {
  bot = await createTestBot();
  await controlOf(process.env.TELEGRAM_API_ROOT ?? "").setLimits({ enabled: false });
  await publishTestWorkflows(bot.id, {
    poll: poll("1"),
    later: {
      delay: { kind: "delay", seconds: 86_400, next: "done" },
      done: { kind: "message", text: both("It is time"), next: "end" },
      end,
    },
  });
  await publishWorkflows(bot.id, [{ key: "poll", command: "poll", definition: testDefinition(poll("2")) }]);
});
afterAll(async () => {
  await waitForDeferredWork();
  await (await import("@/lib/db")).disconnectDb();
  await backends.stop();
});

const operator = () => ({ caller: bot.owner, context: {} });
const times = Array.from({ length: runs(5) }, (_, run) => [run]);

/** What came of several calls: values, or message keys of their errors. */
async function outcomesOf(calls: Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((each) => (each.status === "fulfilled" ? "done" : toAppError(each.reason).messageKey));
}

describe("two operators at once", () => {
  it.each(times)("publish, save and roll back: one of them does (%i)", async () => {
    const key = `race-${newId().slice(-8)}`;
    await createWorkflow(operator(), bot.id, { key, definition: testDefinition(poll("a")) });
    const change = {
      key,
      definition: testDefinition(poll("b")),
      command: null,
      baseNumber: null,
      revision: 1,
    };
    const saved = await outcomesOf([1, 2, 3].map(() => saveDraft(operator(), bot.id, change)));
    expect(saved.sort()).toEqual(["done", "draft_changed", "draft_changed"]);
    const publication = { key, revision: 2, expectedNumber: null };
    const published = await outcomesOf([1, 2, 3].map(() => publishDraft(operator(), bot.id, publication)));
    expect(published.sort()).toEqual(["done", "draft_changed", "draft_changed"]);
    const rollback = { key, number: 1, expectedNumber: 1 };
    const back = await outcomesOf([1, 2, 3].map(() => rollBack(operator(), bot.id, rollback)));
    expect(back.sort()).toEqual(["done", "published_changed", "published_changed"]);
    const { versions } = await getWorkflow(bot.owner, bot.id, key);
    expect(versions.map(({ number }) => number)).toEqual([2, 1]);
  });

  it.each(times)("import the same document: no draft is written twice (%i)", async () => {
    const workflows = [1, 2, 3].map((index) => ({
      ...{ key: `i${index}-${newId().slice(-8)}`, command: null, definition: testDefinition(poll("a")) },
    }));
    const document = { format: "normaldance-bot", version: 1, workflows } as const;
    const input = { document: { ...document, workflows }, replacesDrafts: false };
    const outcomes = await outcomesOf([1, 2].map(() => importWorkflows(operator(), bot.id, input)));
    expect(outcomes.sort()).toEqual(["done", "draft_exists"]);
    for (const { key } of workflows)
      expect(await getWorkflow(bot.owner, bot.id, key)).toMatchObject({ draftRevision: 1 });
    await db().botWorkflow.deleteMany({ where: { key: { in: workflows.map(({ key }) => key) } } });
  });

  it.each(times)("resume the same wait: it ends once (%i)", async () => {
    const { sender } = await openTestPhone(bot);
    await handleUntilTaken(bot, textUpdate(sender, "/later"));
    const { id: personId } = await findTestPerson(bot, sender);
    const { ref } = await newestOf(personId);
    const calls = [1, 2, 3].map(() => resumeExecution(operator(), ref, { reason: "stuck", stepNo: 1 }));
    const outcomes = await outcomesOf(calls);
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
    await waitForDeferredWork();
    expect((await readMessages(personId)).map(({ text }) => text)).toEqual(["It is time"]);
  });
});

/** A person's newest execution. */
async function newestOf(personId: string) {
  const { items } = await listExecutions(bot.owner, bot.id, { person: personId, limit: 1 });
  const [execution] = items;
  if (!execution) throw new Error("the person has no execution");
  return { execution, ref: { botId: bot.id, executionId: execution.id } };
}

/** A person who waits at the button of version 2. */
async function waitAtButton() {
  const { sender } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/poll"));
  const { id: personId } = await findTestPerson(bot, sender);
  const data = (await readMessages(personId)).at(-1)?.buttons[0]?.data ?? "";
  const { ref } = await newestOf(personId);
  return { personId, ref, press: () => handleUntilTaken(bot, pressUpdate(sender, data)) };
}

describe("an operator and the person's own press at once", () => {
  const action = { reason: "stuck", stepNo: 1 } as const;
  const cases = [
    {
      name: "cancel",
      act: cancelExecution,
      lost: { state: "cancelled", texts: ["Question 2"] },
    },
    {
      name: "resume",
      act: resumeExecution,
      lost: { state: "waiting", texts: ["Question 2", "Question 2"] },
    },
    {
      name: "move",
      act: (...[who, ref, input]: Parameters<typeof cancelExecution>) =>
        moveExecution(who, ref, { ...input, versionNumber: 1 }),
      lost: { state: "waiting", texts: ["Question 2", "Question 1"] },
    },
  ];
  it.each(cases.flatMap((each) => times.map(([run]) => ({ ...each, run }))))(
    "$name: one of them has its effect, and the other one notices ($run)",
    async ({ act, lost, run }) => {
      const { personId, ref, press } = await waitAtButton();
      // Neither always comes first.
      const calls = [() => outcomesOf([act(operator(), ref, action)]), press];
      const [first, second] = (run ?? 0) % 2 === 0 ? calls : calls.toReversed();
      const results = await Promise.all([first?.(), second?.()]);
      await waitForDeferredWork();
      const outcome = results.flat().find((result) => typeof result === "string");
      const { execution } = await newestOf(personId);
      const texts = (await readMessages(personId)).map(({ text }) => text);
      if (outcome === "done") expect({ state: execution.state, texts }).toEqual(lost);
      else {
        expect(["execution_finished", "execution_changed"]).toContain(outcome);
        expect({ state: execution.state, texts }).toEqual({
          ...{ state: "done", texts: ["Question 2", "Thanks 2"] },
        });
      }
      const steps = await db().botStep.findMany({ where: { executionId: ref.executionId } });
      expect(steps.map(({ no }) => no).sort((a, b) => a - b)).toEqual(steps.map((_, index) => index + 1));
      const audited = await db().auditEntry.count({
        where: { data: { path: ["executionId"], equals: ref.executionId } },
      });
      expect(audited).toBe(outcome === "done" ? 1 : 0);
    },
  );
});

describe("an operator and a task that spends at once", () => {
  it.each(times)("the spend happens if and only if it was not cancelled (%i)", async (run) => {
    const { sender } = await openTestPhone(bot);
    const account = await createPerson();
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
    const { id: personId } = await linkTestPerson(bot, sender, account);
    await transaction((tx) =>
      addEntry(tx, { userId: account.userId, kind: "granted", amount: 1_000, key: `granted:${newId()}` }),
    );
    await handleUntilTaken(bot, textUpdate(sender, "/spend"));
    await handleUntilTaken(bot, textUpdate(sender, "3"));
    const data = (await readMessages(personId)).at(-1)?.buttons[0]?.data ?? "";
    await handleUntilTaken(bot, pressUpdate(sender, data));
    const { execution, ref } = await newestOf(personId);
    expect(execution.state).toBe("running");
    const tasks = runBotTasks(bot);
    // Every second time the task is on its way already.
    if ((run ?? 0) % 2 === 1)
      await waitUntil("the task has begun", async () =>
        Boolean(
          await db().task.findFirst({
            where: { payload: { path: ["executionId"], equals: ref.executionId }, attempts: { gt: 0 } },
          }),
        ),
      );
    const cancel = cancelExecution(operator(), ref, { reason: "stuck", stepNo: execution.stepNo });
    const [[outcome]] = await Promise.all([outcomesOf([cancel]), tasks]);
    await waitForDeferredWork();
    const spent = await db().bonusEntry.count({ where: { userId: account.userId, kind: "spent" } });
    expect(spent).toBe(outcome === "done" ? 0 : 1);
    expect((await newestOf(personId)).execution.state).toBe(outcome === "done" ? "cancelled" : "done");
  });
});

describe("a pause while a chat is being sent to", () => {
  it("the message under way is the last one, and the others follow when the bot goes on", async () => {
    const texts = ["One", "Two", "Three"];
    await publishTestWorkflows(bot.id, {
      three: Object.fromEntries([
        ...texts.map((text, index) => [
          `m${index}`,
          { kind: "message", text: both(text), next: index === 2 ? "end" : `m${index + 1}` } as const,
        ]),
        ["end", end],
      ]),
    });
    const telegram = controlOf(process.env.TELEGRAM_API_ROOT ?? "");
    const { sender, phone } = await openTestPhone(bot);
    const received = async () =>
      (await phone.messages()).flatMap(({ from, text }) => (from?.is_bot ? [text] : []));
    await telegram.setFaults({
      calls: [{ kind: "slow", delayMs: 2_000, bot: bot.telegramId, chat: sender.id }],
    });
    const sending = handleUntilTaken(bot, textUpdate(sender, "/three"));
    await waitUntil("the first message is under way", async () =>
      Boolean(
        await db().botMessage.findFirst({
          where: { person: { telegramId: BigInt(sender.id) }, state: "sending" },
        }),
      ),
    );
    await changeBot(operator(), bot.id, { state: "paused" });
    await sending;
    await waitForDeferredWork();
    await telegram.setFaults({});
    expect(await received()).toEqual(["One"]);
    await changeBot(operator(), bot.id, { state: "active" });
    await waitForDeferredWork();
    expect(await received()).toEqual(texts);
  });
});
