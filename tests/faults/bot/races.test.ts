import { describe, expect, it } from "vitest";
import { debitBonuses } from "@/lib/bonuses";
import { publishWorkflows } from "@/lib/bot";
import { waitForDeferredWork } from "@/lib/core/defer";
import { toAppError } from "@/lib/core/http";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import {
  deliverUpdate,
  handleUntilTaken,
  pressUpdate,
  runBotTasks,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import { findTestPerson, openLinkedPhone, openTestPhone, readMessages } from "@/tests/support/factories/bots";
import { runs } from "@/tests/support/fuzz/runs";
import { startChild } from "@/tests/support/processes/children";
import { startBotFaultStack } from "@/tests/support/stack/bot-fault-stack";

const bot = await startBotFaultStack();

const poll = (version: string) => ({
  key: "poll",
  command: "poll",
  definition: {
    schema: 1 as const,
    start: "ask",
    nodes: {
      ask: {
        kind: "message" as const,
        text: { ru: `Вопрос ${version}`, en: `Question ${version}` },
        buttons: [{ label: { ru: "Да", en: "Yes" }, next: "thanks" }],
      },
      thanks: {
        kind: "message" as const,
        text: { ru: `Спасибо ${version}`, en: `Thanks ${version}` },
        next: "end",
      },
      end: { kind: "end" as const },
    },
  },
});

describe("a button of version 1 after version 2 was published", () => {
  it.each(Array.from({ length: runs(3) }, (_, run) => [run]))(
    "resumes once, on version 1, when it is pressed five times at once in two instances (%i)",
    async () => {
      await publishWorkflows(bot.id, [poll("1")]);
      const { sender, phone } = await openTestPhone(bot);
      await handleUntilTaken(bot, textUpdate(sender, "/poll"));
      const person = await findTestPerson(bot, sender);
      const data = (await readMessages(person.id)).at(-1)?.buttons[0]?.data ?? "";
      await publishWorkflows(bot.id, [poll("2")]);

      // Two in an instance that has just started, with nothing in its memory.
      const others = [1, 2].map(
        () => startChild("bot-process.ts", [bot.id, JSON.stringify(pressUpdate(sender, data))]).ended,
      );
      const own = [1, 2, 3].map(() => handleUntilTaken(bot, pressUpdate(sender, data)));
      await Promise.all(own);
      expect(await Promise.all(others)).toEqual([0, 0]);
      await waitForDeferredWork();

      const executions = await db().botExecution.findMany({
        where: { personId: person.id },
        include: { version: true, steps: { orderBy: { no: "asc" } } },
      });
      expect(executions).toHaveLength(1);
      expect(executions[0]).toMatchObject({ state: "done", stepNo: 4 });
      expect(executions[0]?.steps.map(({ kind }) => kind)).toEqual(["message", "message", "message", "end"]);
      const texts = (await phone.messages()).flatMap(({ from, text }) => (from?.is_bot ? [text] : []));
      expect(texts).toEqual(["Question 1", "Thanks 1"]);
      // The number of each update is stored.
      expect(await db().botUpdate.count({ where: { projectId: bot.id } })).toBeGreaterThanOrEqual(6);
    },
  );
});

describe("updates", () => {
  it("that are repeated or out of order change nothing", async () => {
    const { sender, phone } = await openTestPhone(bot);
    const start = textUpdate(sender, "/start");
    const spend = textUpdate(sender, "/poll");
    await handleUntilTaken(bot, spend);
    await handleUntilTaken(bot, start);
    const before = (await phone.messages()).length;
    const repeats = await Promise.all(
      [start, spend, start, spend].map((update) => deliverUpdate(bot, update)),
    );
    await waitForDeferredWork();
    expect(repeats.map(({ body }) => body.outcome)).toEqual(Array(4).fill("duplicate"));
    expect((await phone.messages()).length).toBe(before);
    const twins = textUpdate(sender, "/start");
    await Promise.all([handleUntilTaken(bot, twins), handleUntilTaken(bot, twins)]);
    expect((await phone.messages()).length).toBe(before + 1);
  });

  it("are handled one after another when different ones arrive at once", async () => {
    await publishWorkflows(bot.id, [poll("1")]);
    const { sender } = await openTestPhone(bot);
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
    const person = await findTestPerson(bot, sender);
    const count = 20;
    // Ten a second of a bot are taken; the others are repeated, as Telegram does.
    await Promise.all(
      Array.from({ length: count }, () => handleUntilTaken(bot, textUpdate(sender, "/poll"))),
    );
    const executions = await db().botExecution.findMany({
      where: { personId: person.id, workflow: { key: "poll" } },
    });
    expect(executions).toHaveLength(count);
    expect(executions.filter(({ state }) => state === "waiting")).toHaveLength(1);
    expect((await findTestPerson(bot, sender)).revision).toBe(1 + count);
  });
});

describe("a hundred spends from bot and site at once", () => {
  it("never leave less than zero, with the lock gone in the middle", async () => {
    const { account, personId } = await openLinkedPhone(bot, { balanceMinor: 5_000 });
    // Executions that all wait for their spend, as if the person had begun many.
    const workflow = await db().botWorkflow.findFirstOrThrow({ where: { projectId: bot.id, key: "spend" } });
    const executionIds = Array.from({ length: 50 }, () => newId());
    await db().botExecution.createMany({
      data: executionIds.map((id) => ({
        ...{ id, projectId: bot.id, personId, workflowId: workflow.id, state: "running" as const },
        ...{ versionId: workflow.publishedVersionId ?? "", nodeId: "spend", frames: [], stepNo: 0 },
        variables: { amount: 1 },
      })),
    });
    const { enqueue } = await import("@/lib/tasks");
    await transaction(async (tx) => {
      for (const executionId of executionIds)
        await enqueue(
          tx,
          "workflow-executions",
          { do: "continue", projectId: bot.id, sessionId: personId, executionId, stepNo: 0 },
          { key: `continue:${executionId}:0:0` },
        );
    });
    // The lock's TTL runs out again and again.
    let isOver = false;
    const expireLocks = (async () => {
      while (!isOver) await redis().del(keys.lock("user", `${account.userId}:spend`));
    })();
    const onSite = Array.from({ length: 50 }, async () => {
      for (let attempt = 0; attempt < 50; attempt++) {
        try {
          await debitBonuses(account.userId, 100, { key: newId() });
          return "spent";
        } catch (error) {
          const { code, messageKey } = toAppError(error);
          if (messageKey === "not_enough_bonuses") return "insufficient";
          if (code !== "conflict" && code !== "unavailable") throw error;
        }
      }
      return "busy";
    });
    const tasks = (async () => {
      await runBotTasks(bot);
    })();
    const outcomes = await Promise.all(onSite);
    await tasks;
    isOver = true;
    await expireLocks;

    const entries = await db().bonusEntry.findMany({
      where: { userId: account.userId },
      orderBy: { seq: "asc" },
    });
    let sum = 0;
    for (const { amount, balance } of entries) {
      sum += amount;
      expect(balance).toBe(sum);
      expect(balance).toBeGreaterThanOrEqual(0);
    }
    const inBot = await db().botStep.count({
      where: { execution: { personId }, kind: "spendBonuses", output: { path: ["take"], equals: "next" } },
    });
    expect(entries.filter(({ kind }) => kind === "spent")).toHaveLength(
      inBot + outcomes.filter((outcome) => outcome === "spent").length,
    );
    expect(sum).toBe(5_000 - 100 * (entries.length - 1));
  });
});
