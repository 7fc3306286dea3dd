import fc from "fast-check";
import { expect, test } from "vitest";
import { getLane, getQueueDefinition, isQueueName, queues } from "@/lib/tasks/catalogue";
import { MAX_MESSAGE_SECONDS } from "@/lib/tasks/define-queue";
import { groupByMessage } from "@/lib/tasks/group-by-message";
import { runs } from "@/tests/support/fuzz/runs";

const guaranteed = Object.keys(queues)
  .filter(isQueueName)
  .filter((name) => getQueueDefinition(name).delivery === "guaranteed");

const anyTask = fc.record({
  id: fc.uuid(),
  queue: fc.constantFrom(...guaranteed),
  generation: fc.constant(1),
  delaySeconds: fc.constantFrom(0, 0, 0, 60),
  hasFailed: fc.constantFrom(false, false, true),
});

test("each task is in one message, with others of its lane that one function has time for", () => {
  fc.assert(
    fc.property(fc.array(anyTask, { maxLength: 40 }), (tasks) => {
      const messages = groupByMessage(tasks);
      expect(messages.flat().sort(byId)).toEqual([...tasks].sort(byId));
      for (const message of messages) {
        const [first] = message;
        const lane = getLane(first.queue);
        expect(message.every(({ queue }) => getLane(queue) === lane)).toBe(true);
        expect(message.length).toBeLessThanOrEqual(lane.tasksPerMessage);
        if (message.length === 1) continue;
        expect(message.every(({ delaySeconds, hasFailed }) => delaySeconds === 0 && !hasFailed)).toBe(true);
        expect(message.every(({ queue }) => queues[queue].timeoutSeconds <= 30)).toBe(true);
        const seconds = message.reduce((sum, { queue }) => sum + queues[queue].timeoutSeconds, 0);
        expect(seconds).toBeLessThanOrEqual(MAX_MESSAGE_SECONDS);
      }
    }),
    { numRuns: runs(200) },
  );
});

test("what follows a payment is two messages", () => {
  const followUps = ["deliver-goods", "referral-bonuses", "supplier-notifications", "leaderboards"] as const;
  const messages = groupByMessage(
    followUps.map((queue) => ({ id: queue, queue, generation: 1, delaySeconds: 0 })),
  );
  expect(messages.map((message) => message.map(({ queue }) => queue))).toEqual([
    ["deliver-goods", "referral-bonuses", "supplier-notifications"],
    ["leaderboards"],
  ]);
});

function byId({ id: a }: { id: string }, { id: b }: { id: string }): number {
  return a < b ? -1 : Number(a > b);
}
