import { afterAll, beforeAll, expect, it } from "vitest";
import { publishWorkflows, sweepDueExecutions } from "@/lib/bot";
import { enqueueContinuation } from "@/lib/bot/commit-run";
import { botProjectTag, cacheManager } from "@/lib/cache";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { redis } from "@/lib/redis";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import {
  handleUntilTaken,
  handleUpdate,
  runBotTasks,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";

let bot: TestBot;
const both = (text: string) => ({ ru: text, en: text });
const end = { kind: "end" } as const;
const workflows: Record<string, DefinitionInput["nodes"]> = {
  outer: { start: { kind: "callWorkflow", workflow: "inner", next: "end" }, end },
  inner: {
    start: {
      kind: "question",
      answer: "text",
      variable: "town",
      text: both("Name?"),
      retry: both("Again"),
      next: "end",
    },
    end,
  },
  again: { start: { kind: "repeatQuestion", next: "end" }, end },
  later: {
    start: { kind: "message", text: both("Later?"), buttons: [{ label: both("Yes"), next: "delay" }] },
    delay: { kind: "delay", seconds: 3_600, next: "end" },
    end,
  },
};

beforeAll(async () => {
  bot = await createTestBot();
  await publishWorkflows(
    bot.id,
    Object.entries(workflows).map(([key, nodes]) => ({
      ...{ key, command: key, definition: { schema: 1 as const, start: "start", nodes } },
    })),
  );
});
afterAll(async () => {
  await db().botProject.delete({ where: { id: bot.id } });
});

it("a question of a called workflow is asked again", async () => {
  const { sender } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/outer"));
  expect((await handleUpdate(bot, textUpdate(sender, "/again"))).status).toBe(200);
  const { id } = await findTestPerson(bot, sender);
  expect((await readMessages(id)).map(({ text }) => text)).toEqual(["Name?", "Name?"]);
});

it("an update that can never succeed is taken, and the person reads that it failed", async () => {
  const { sender } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  const person = await findTestPerson(bot, sender);
  const { id: workflowId, publishedVersionId } = await db().botWorkflow.findFirstOrThrow({
    where: { projectId: bot.id, key: "outer" },
  });
  // Its frame names a version that is not of its workflow.
  const frames = [{ workflowId, versionId: newId(), returnTo: "end" }];
  await db().botExecution.create({
    data: {
      ...{ id: newId(), projectId: bot.id, personId: person.id, workflowId, frames, state: "waiting" },
      ...{
        versionId: publishedVersionId ?? "",
        nodeId: "start",
        variables: {},
        stepNo: 1,
        token: "abcdefgh",
      },
    },
  });
  await redis().del(`cache:workflow:waiting:${person.id}`);
  await db().botPerson.update({ where: { id: person.id }, data: { revision: { increment: 1 } } });
  const update = textUpdate(sender, "/again");
  expect((await handleUpdate(bot, update)).status).toBe(200);
  expect((await readMessages(person.id)).at(-1)?.text).toContain("Something went wrong");
  expect((await handleUpdate(bot, update)).body).toEqual({ outcome: "duplicate" });
});

it("an erased person who writes is stored again", async () => {
  const { sender } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  const { id } = await findTestPerson(bot, sender);
  await db().botPerson.delete({ where: { id } });
  expect((await handleUpdate(bot, textUpdate(sender, "/start"))).status).toBe(200);
  const again = await findTestPerson(bot, sender);
  expect((await readMessages(again.id)).map(({ state }) => state)).toEqual(["sent"]);
});

it("a wait that is re-armed has a task besides the one that re-armed it", async () => {
  const { sender } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  const { id: personId } = await findTestPerson(bot, sender);
  const { id: workflowId, publishedVersionId } = await db().botWorkflow.findFirstOrThrow({
    where: { projectId: bot.id, key: "later" },
  });
  const execution = {
    ...{ id: newId(), workflowId, versionId: publishedVersionId ?? "", state: "waiting" as const },
    ...{ nodeId: "delay", frames: [], variables: {}, stepNo: 2, token: null, failure: null },
    dueAt: new Date(Date.now() + 60_000).toISOString(),
  };
  for (let part = 0; part < 2; part++)
    await transaction((tx) => enqueueContinuation(tx, bot.id, personId, execution));
  const tasks = await db().task.count({
    where: { payload: { path: ["executionId"], equals: execution.id } },
  });
  expect(tasks).toBe(2);
});

it("an execution whose task is lost goes on, behind fifty newer ones, and not while its bot is paused", async () => {
  const { sender } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  const { id: personId } = await findTestPerson(bot, sender);
  const { id: workflowId, publishedVersionId } = await db().botWorkflow.findFirstOrThrow({
    where: { projectId: bot.id, key: "later" },
  });
  const ids = Array.from({ length: 52 }, () => newId()).sort();
  const [lost = "", ...newer] = ids;
  const common = {
    ...{ projectId: bot.id, personId, workflowId, versionId: publishedVersionId ?? "" },
    ...{ state: "waiting" as const, frames: [], variables: {}, stepNo: 2 },
  };
  await db().botExecution.createMany({
    data: newer.map((id) => ({ ...common, id, nodeId: "start", token: "abcdefgh" })),
  });
  const dueAt = new Date(Date.now() - 600_000);
  await db().botExecution.create({ data: { ...common, id: lost, nodeId: "delay", dueAt } });
  const readState = async () => (await db().botExecution.findUniqueOrThrow({ where: { id: lost } })).state;

  await sweepDueExecutions();
  await sweepDueExecutions();
  const tasks = { payload: { path: ["executionId"], equals: lost } };
  expect(await db().task.count({ where: tasks })).toBe(1);
  await setState("paused");
  await runBotTasks(bot);
  expect(await readState()).toBe("waiting");
  expect(await db().task.count({ where: { ...tasks, state: { not: "done" } } })).toBe(1);
  await setState("active");
  await db().task.updateMany({ where: tasks, data: { notBefore: new Date() } });
  await runBotTasks(bot);
  expect(await readState()).toBe("done");
});

const setState = (state: "active" | "paused") =>
  cacheManager.withInvalidation([botProjectTag(bot.id)], (tx) =>
    tx.botProject.update({ where: { id: bot.id }, data: { state }, select: { id: true } }),
  );
