import { describe, expect, it } from "vitest";
import { publishWorkflows } from "@/lib/bot";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { handleUntilTaken, runBotTasks, textUpdate } from "@/tests/support/factories/bot-updates";
import { openLinkedPhone } from "@/tests/support/factories/bots";
import { runs } from "@/tests/support/fuzz/runs";
import { startChild } from "@/tests/support/processes/children";
import { startBotFaultStack } from "@/tests/support/stack/bot-fault-stack";

const bot = await startBotFaultStack();

const text = (value: string) => ({ ru: value, en: value });

/** Credits three bonuses once, and one each time. */
const gift = {
  key: "gift",
  command: "gift",
  definition: {
    schema: 1 as const,
    start: "welcome",
    nodes: {
      welcome: {
        ...{ kind: "creditBonuses" as const, amountMinor: 300, note: text("Welcome"), once: "welcome" },
        ...{ next: "credited", already: "before", unlinked: "end" },
      },
      credited: { kind: "message" as const, text: text("Yours now: {{balance}}"), next: "daily" },
      before: { kind: "message" as const, text: text("Yours before: {{balance}}"), next: "daily" },
      daily: {
        ...{ kind: "creditBonuses" as const, amountMinor: 100, note: text("Again") },
        ...{ next: "end", unlinked: "end" },
      },
      end: { kind: "end" as const },
    },
  },
};

type Linked = Awaited<ReturnType<typeof openLinkedPhone>>;

const readEntries = ({ account }: Linked) =>
  db().bonusEntry.findMany({ where: { userId: account.userId }, orderBy: { seq: "asc" } });
const amountsOf = async (linked: Linked) => (await readEntries(linked)).map(({ amount }) => amount).sort();

describe("a credit with `once`", () => {
  it.each(Array.from({ length: runs(2) }, (_, run) => [run]))(
    "comes once however many runs and instances ask for it at the same time (%i)",
    async () => {
      await publishWorkflows(bot.id, [gift]);
      const [linked, other] = [await openLinkedPhone(bot), await openLinkedPhone(bot)];
      const updates = Array.from({ length: 8 }, () => textUpdate(linked.sender, "/gift"));
      const children = updates
        .splice(0, 2)
        .map((update) => startChild("bot-process.ts", [bot.id, JSON.stringify(update)]).ended);
      await Promise.all(
        [...updates, textUpdate(other.sender, "/gift")].map((update) => handleUntilTaken(bot, update)),
      );
      await Promise.all([runBotTasks(bot), runBotTasks(bot)]);
      expect(await Promise.all(children)).toEqual([0, 0]);
      await runBotTasks(bot);
      await waitForDeferredWork();
      expect(await amountsOf(linked)).toEqual([...Array(8).fill(100), 300]);
      expect(await amountsOf(other)).toEqual([100, 300]);
      const steps = await db().botStep.findMany({
        where: { execution: { personId: linked.personId }, nodeId: "welcome" },
      });
      const takes = steps.map(({ output }) => (output as { take: string }).take).sort();
      expect(takes).toEqual([...Array(7).fill("already"), "next"]);
    },
  );

  it("comes once when the process dies around it, and when a new version is published", async () => {
    await publishWorkflows(bot.id, [gift]);
    const linked = await openLinkedPhone(bot);
    const update = textUpdate(linked.sender, "/gift");
    const crash = { FAILPOINT: "bot.step.prepared" };
    expect(await startChild("bot-process.ts", [bot.id, JSON.stringify(update)], crash).ended).not.toBe(0);
    await handleUntilTaken(bot, update);
    await db().task.updateMany({
      where: { queue: "workflow-executions", state: "running" },
      data: { leaseUntil: new Date(0), state: "published" },
    });
    await runBotTasks(bot);
    expect(await amountsOf(linked)).toEqual([100, 300]);
    await publishWorkflows(bot.id, [gift]);
    await handleUntilTaken(bot, textUpdate(linked.sender, "/gift"));
    await runBotTasks(bot);
    await waitForDeferredWork();
    expect(await amountsOf(linked)).toEqual([100, 100, 300]);
    // The balance is today's, not that of the first credit.
    const shown = (await linked.phone.messages()).flatMap(({ from, text: line }) =>
      from?.is_bot ? [line] : [],
    );
    expect(shown.filter((line) => line?.startsWith("Yours"))).toEqual(["Yours now: 3", "Yours before: 4"]);
  });
});
