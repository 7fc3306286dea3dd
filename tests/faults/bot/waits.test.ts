import { expect, it } from "vitest";
import { publishWorkflows } from "@/lib/bot";
import { db } from "@/lib/db";
import { runBotTasks, textUpdate } from "@/tests/support/factories/bot-updates";
import { findTestPerson, openTestPhone } from "@/tests/support/factories/bots";
import { startChild } from "@/tests/support/processes/children";
import { startBotFaultStack } from "@/tests/support/stack/bot-fault-stack";

const bot = await startBotFaultStack();

const DAY_SECONDS = 86_400;
const text = (value: string) => ({ ru: value, en: value });

const waits = {
  delay: { kind: "delay" as const, seconds: DAY_SECONDS, next: "after" },
  waitUntil: {
    ...{ kind: "waitUntil" as const, next: "after" },
    at: new Date(Date.now() + DAY_SECONDS * 1_000).toISOString(),
  },
};

it.each(["delay", "waitUntil"] as const)(
  "a %s goes on in another process, once, when its time has come and not before",
  async (kind) => {
    await publishWorkflows(bot.id, [
      {
        key: kind.toLowerCase(),
        command: kind.toLowerCase(),
        definition: {
          schema: 1,
          start: "before",
          nodes: {
            before: { kind: "message", text: text("Before"), next: "wait" },
            wait: waits[kind],
            after: { kind: "message", text: text("After"), next: "end" },
            end: { kind: "end" },
          },
        },
      },
    ]);
    const { sender, phone } = await openTestPhone(bot);
    // Each is a process that starts, runs what is due, and ends.
    const runProcess = async (line: string) => {
      const update = JSON.stringify(textUpdate(sender, line));
      expect(await startChild("bot-process.ts", [bot.id, update]).ended).toBe(0);
    };
    const shown = async () =>
      (await phone.messages()).flatMap(({ from, text: line }) =>
        from?.is_bot && (line === "Before" || line === "After") ? [line] : [],
      );
    const unfinished = { projectId: bot.id, state: { in: ["waiting" as const, "running" as const] } };
    const tasks = {
      ...{ queue: "workflow-executions", state: { in: ["pending" as const, "published" as const] } },
      payload: { path: ["projectId"], equals: bot.id },
    };

    await runProcess(`/${kind.toLowerCase()}`);
    const person = await findTestPerson(bot, sender);
    const { id, dueAt } = await db().botExecution.findFirstOrThrow({ where: { personId: person.id } });
    expect(Math.abs((dueAt?.getTime() ?? 0) - Date.now() - DAY_SECONDS * 1_000)).toBeLessThan(300_000);

    // A message that QStash delivers too early arms the wait again.
    await db().task.updateMany({ where: tasks, data: { notBefore: new Date(0) } });
    await runProcess("/history");
    expect(await shown()).toEqual(["Before"]);
    expect(await db().botExecution.findUnique({ where: { id } })).toMatchObject({ state: "waiting", dueAt });
    expect(await db().task.count({ where: tasks })).toBe(1);

    await db().botExecution.update({ where: { id }, data: { dueAt: new Date(Date.now() - 1_000) } });
    await db().task.updateMany({ where: tasks, data: { notBefore: new Date(0) } });
    await runProcess("/history");
    await runBotTasks(bot);
    expect(await shown()).toEqual(["Before", "After"]);
    expect(await db().botExecution.count({ where: unfinished })).toBe(0);
    const steps = await db().botStep.findMany({ where: { executionId: id }, orderBy: { no: "asc" } });
    expect(steps.map(({ nodeId }) => nodeId)).toEqual(["before", "wait", "wait", "after", "end"]);
  },
);
