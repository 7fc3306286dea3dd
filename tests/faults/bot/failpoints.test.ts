import { sweepChats } from "@/lib/bot";
import { waitForDeferredWork } from "@/lib/core/defer";
import type { Failpoint } from "@/lib/core/failpoint";
import { db } from "@/lib/db";
import {
  handleUntilTaken,
  pressUpdate,
  runBotTasks,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import { findTestPerson, openLinkedPhone, readMessages } from "@/tests/support/factories/bots";
import { startChild } from "@/tests/support/processes/children";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { startBotFaultStack } from "@/tests/support/stack/bot-fault-stack";

const bot = await startBotFaultStack();

/** A linked person confirms a spend of 3 of 10 bonuses; the update is delivered again at the end. */
async function spendScenario(): Promise<FailpointScenario> {
  const { sender, phone, account, personId } = await openLinkedPhone(bot, { balanceMinor: 1_000 });
  await handleUntilTaken(bot, textUpdate(sender, "/spend"));
  await handleUntilTaken(bot, textUpdate(sender, "3"));
  const data = (await readMessages(personId)).at(-1)?.buttons[0]?.data ?? "";
  const update = pressUpdate(sender, data);
  const act = async () => {
    await handleUntilTaken(bot, update);
    await runBotTasks(bot);
  };
  return {
    act,
    actConcurrently: act,
    crashAt: (failpoint: Failpoint) =>
      startChild("bot-process.ts", [bot.id, JSON.stringify(update)], { FAILPOINT: failpoint }).ended,
    settle: async () => {
      // Telegram repeats the update; leases of processes that died have expired.
      await handleUntilTaken(bot, update);
      await db().task.updateMany({
        where: { queue: "workflow-executions", state: "running" },
        data: { leaseUntil: new Date(0), state: "published" },
      });
      await runBotTasks(bot);
      await db().botPerson.updateMany({
        where: { id: personId, sendingUntil: { not: null } },
        data: { sendingUntil: new Date(0) },
      });
      await sweepChats();
      await waitForDeferredWork();
    },
    violations: async () => {
      const found: string[] = [];
      const entries = await db().bonusEntry.findMany({
        where: { userId: account.userId },
        orderBy: { seq: "asc" },
      });
      const amounts = entries.map(({ amount }) => amount);
      if (amounts.join() !== "1000,-300") found.push(`ledger: ${amounts.join()}`);
      const person = await findTestPerson(bot, sender);
      if (person.sendingUntil !== null) found.push("the chat is still being sent to");
      const open = await db().botExecution.count({
        where: { personId, state: { in: ["running", "waiting"] } },
      });
      if (open > 0) found.push(`${open} executions are open`);
      const steps = await db().botStep.findMany({ where: { execution: { personId }, kind: "spendBonuses" } });
      if (steps.length !== 1) found.push(`${steps.length} spends`);
      // What Telegram has of each message: at most one; none only if its outcome is unknown.
      const stored = await readMessages(personId);
      const shown = (await phone.messages()).flatMap(({ from, text }) => (from?.is_bot ? [text ?? ""] : []));
      for (const { text, state } of stored) {
        const plain = text.replace(/<[^>]+>/g, "");
        const wanted = stored.filter((message) => message.text === text).length;
        const times = shown.filter((line) => line === plain).length;
        if (times > wanted) found.push(`${times} times: ${plain}`);
        if (times < wanted && state !== "unknown") found.push(`${state}, and not shown: ${plain}`);
      }
      const unsent = stored.filter(({ state }) => state === "pending" || state === "sending");
      if (unsent.length > 0) found.push(`${unsent.length} messages are not sent`);
      return found;
    },
  };
}

testFailpoints<Extract<Failpoint, `bot.${string}`>>({
  "bot.run.written": spendScenario,
  "bot.run.committed": spendScenario,
  "bot.message.sent": spendScenario,
  "bot.step.prepared": spendScenario,
});
