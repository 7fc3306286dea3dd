import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { publishWorkflows } from "@/lib/bot";
import { db, disconnectDb } from "@/lib/db";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import { controlOf } from "@/tests/support/clients/telegram";
import { handleUntilTaken, pressUpdate, textUpdate } from "@/tests/support/factories/bot-updates";
import { createTestBot, findTestPerson, openTestPhone, type TestBot } from "@/tests/support/factories/bots";
import { runs } from "@/tests/support/fuzz/runs";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

/**
 * Telegram delivers the messages of a chat in their order, buttons beside them in any order, and everything again when an
 * answer was late.
 */

requireRealStack();
const backends = await startIsolatedBackends();
const both = (text: string) => ({ ru: text, en: text });
const ask = (variable: string, next: string) => ({
  ...{ kind: "question" as const, answer: "text" as const, variable, text: both(`${variable}?`) },
  ...{ retry: both("Again"), next },
});
const end = { kind: "end" } as const;
const talk: DefinitionInput = {
  schema: 1,
  start: "town",
  nodes: {
    town: ask("town", "street"),
    street: ask("street", "thanks"),
    thanks: { kind: "message", text: both("{{town}}, {{street}}"), next: "end" },
    end,
  },
};
const note: DefinitionInput = {
  schema: 1,
  start: "note",
  nodes: { note: { kind: "message", text: both("A note"), next: "end" }, end },
};

let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot();
  await publishWorkflows(bot.id, [
    { key: "talk", command: "talk", definition: talk },
    { key: "note", command: "note", definition: note },
  ]);
  await controlOf(process.env.TELEGRAM_API_ROOT ?? "").setLimits({ enabled: false });
});
afterAll(async () => {
  await disconnectDb();
  await backends.stop();
});

/** What a conversation has come to, without ids and times. */
async function outcomeOf(personId: string, shown: (string | undefined)[]) {
  const executions = await db().botExecution.findMany({
    where: { personId },
    select: {
      ...{ state: true, nodeId: true, variables: true, stepNo: true },
      workflow: { select: { key: true } },
      steps: { select: { no: true, kind: true, input: true }, orderBy: { no: "asc" } },
    },
  });
  const texts = executions.map((execution) => JSON.stringify(execution)).sort();
  return { executions: texts, shown: [...shown].sort() };
}

/** The messages of the conversation; buttons are pressed beside them. */
const SENT = ["/talk", "Town", "Street"];

/** @param presses  how many messages were delivered before each @param again  which deliveries come again, how much later */
async function converse(presses: readonly number[], again: readonly [index: number, later: number][]) {
  const { sender, phone } = await openTestPhone(bot);
  const messages = SENT.map((text) => textUpdate(sender, text));
  const order: object[] = [];
  for (const [index, message] of [...messages, null].entries()) {
    for (const press of presses) if (press === index) order.push(pressUpdate(sender, "s:note"));
    if (message) order.push(message);
  }
  // What arrives at once.
  const arrivals = order.map((update) => [update]);
  for (const [index, later] of again) {
    const update = order[index % order.length];
    const at = Math.min(arrivals.length - 1, (index % order.length) + later);
    if (update) arrivals[at]?.push(update);
  }
  for (const updates of arrivals) await Promise.all(updates.map((update) => handleUntilTaken(bot, update)));
  const { id } = await findTestPerson(bot, sender);
  const shown = (await phone.messages()).flatMap(({ from, text }) => (from?.is_bot ? [text] : []));
  const stored = await db().botUpdate.count({
    where: {
      projectId: bot.id,
      updateId: { in: (order as { update_id: number }[]).map((o) => o.update_id) },
    },
  });
  expect(stored).toBe(order.length);
  return outcomeOf(id, shown);
}

it("what Telegram repeats, and buttons in any order, change nothing about where a conversation ends", async () => {
  const ordered = await converse([3, 3], []);
  expect(ordered.shown).toEqual(["A note", "A note", "Town, Street", "street?", "town?"]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: SENT.length }), { minLength: 2, maxLength: 2 }),
      fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 3 })), { maxLength: 5 }),
      async (presses, again) => {
        expect(await converse(presses, again)).toEqual(ordered);
      },
    ),
    { numRuns: runs(12) },
  );
});
