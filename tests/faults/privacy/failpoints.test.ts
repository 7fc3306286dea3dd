import { expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import type { Failpoint } from "@/lib/core/failpoint";
import { db } from "@/lib/db";
import { tablesContaining } from "@/tests/support/clients/tables-containing";
import { chatViolations } from "@/tests/support/factories/chat-tools";
import { finishErasure, requestDeletion, runErasure } from "@/tests/support/factories/erasures";
import { createFullAccount } from "@/tests/support/factories/full-account";
import { startChild } from "@/tests/support/processes/children";
import type { ErasingWork } from "@/tests/support/processes/erasing-process";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const crashDuring = (work: ErasingWork, failpoint: Failpoint) =>
  startChild("erasing-process.ts", [JSON.stringify(work)], { FAILPOINT: failpoint }).ended;

/**
 * The rows that an erased account may leave: its id in the log, in its generation, in the keys of its tasks, and until
 * the next check of the invalidations in one that a killed process stored and did not apply.
 */
const MAY_STAY = /^(AuditEntry|SessionGeneration|Task|CacheInvalidation): /;

type FullAccount = Awaited<ReturnType<typeof createFullAccount>>;

async function violations({ person, chats }: FullAccount): Promise<string[]> {
  const found = (await tablesContaining(person.userId)).filter((where) => !MAY_STAY.test(where));
  if (await db().user.findUnique({ where: { id: person.userId } })) found.push("the account");
  const erased = await db().auditEntry.count({
    where: { action: "account_erased", subject: `user:${person.userId}` },
  });
  if (erased !== 1) found.push(`erased ${erased} times`);
  for (const chat of [chats.group, chats.directChat, chats.leftGroup])
    found.push(...(await chatViolations(chat)));
  return found;
}

async function requestScenario(): Promise<FailpointScenario> {
  const scene = await createFullAccount();
  const { person } = scene;
  return {
    act: () => requestDeletion(person),
    actConcurrently: () => requestDeletion(person),
    crashAt: (failpoint) => crashDuring({ do: "request", person }, failpoint),
    settle: () => finishErasure(person.userId),
    violations: () => violations(scene),
  };
}

async function erasureScenario(): Promise<FailpointScenario> {
  const scene = await createFullAccount();
  const { userId } = scene.person;
  await requestDeletion(scene.person);
  return {
    act: () => runErasure(userId),
    actConcurrently: () => runErasure(userId),
    crashAt: (failpoint) => crashDuring({ do: "run", userId }, failpoint),
    settle: () => finishErasure(userId),
    violations: () => violations(scene),
  };
}

testFailpoints<Extract<Failpoint, `privacy.${string}`>>({
  "privacy.requested": requestScenario,
  "privacy.batch.erased": erasureScenario,
  "privacy.erased": erasureScenario,
});

it("an account is erased by processes that each die after one batch", async () => {
  const scene = await createFullAccount();
  const { userId } = scene.person;
  expect((await requestDeletion(scene.person)).status).toBe(200);
  let killed = 0;
  while ((await crashDuring({ do: "run", userId }, "privacy.batch.erased")) === "SIGKILL") killed += 1;
  expect(killed).toBeGreaterThan(10);
  await waitForDeferredWork();
  await finishErasure(userId);
  expect(await violations(scene)).toEqual([]);
});
