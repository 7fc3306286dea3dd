import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import type { Failpoint } from "@/lib/core/failpoint";
import { db } from "@/lib/db";
import { deleteOtherUserSessions, refreshSession, validateSession } from "@/lib/sessions";
import { REFRESH_GRACE_MS, TRUST_LEASE_MS } from "@/lib/sessions/limits";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import { runs } from "@/tests/support/fuzz/runs";
import { startChild } from "@/tests/support/processes/children";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { startInProcessInstance } from "@/tests/support/stack/in-process-instance";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

/** Ends that race with refreshes, on several instances; and processes that die in the middle of either. */

requireRealStack();

const NOBODY = { ip: null, userAgent: null };
/** CI has little time. */
const RACES = runs(200);
const AT_ONCE = 8;
/** Enough that the end falls into the middle of them. */
const MOST_ROTATIONS = 6;
const other = await startInProcessInstance();
/** The same time on both instances; it can be made to go by. */
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs };
let restore: (() => void)[] = [];
beforeEach(() => {
  aheadMs = 0;
});
beforeAll(() => {
  restore = [setClock(clock), other.useClock(clock)];
});
const untilTheNextIsDue = () => {
  aheadMs += REFRESH_GRACE_MS;
};
afterAll(async () => {
  for (const undo of restore) undo();
  await other.deferredWork();
  await other.stop();
});

it(`${RACES} races of "sign out the others" with refreshes on two instances: no session is resurrected`, async () => {
  const people = await createPeople(RACES);
  const latenciesMs: number[] = [];
  for (let from = 0; from < RACES; from += AT_ONCE) {
    await Promise.all(
      people.slice(from, from + AT_ONCE).map(async (person) => {
        const [stays, gone] = [await startTestSession(person), await startTestSession(person)];
        const tokens = [gone.accessToken, gone.refreshToken];
        let refreshing = true;
        const refreshers = [refreshSession, other.sessions.refreshSession].map(async (refresh) => {
          let token = gone.refreshToken;
          for (let count = 0; refreshing && count < MOST_ROTATIONS; count += 1) {
            const next = await refresh(token, NOBODY).catch(() => null);
            if (!next) return;
            tokens.push(next.accessToken, next.refreshToken);
            token = next.refreshToken;
            // So that Redis is filled again and again with what is about to end.
            await validateSession(next.accessToken);
            await other.sessions.validateSession(next.accessToken);
          }
        });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        const startedAt = performance.now();
        expect(await deleteOtherUserSessions(person.userId, stays.session.id)).toBeLessThanOrEqual(1);
        latenciesMs.push(performance.now() - startedAt);
        // What is asked for from here on is after the answer.
        const after = tokens.slice();
        for (const instance of [other.sessions, { validateSession }]) {
          for (const token of after) expect(await instance.validateSession(token)).toBeNull();
        }
        refreshing = false;
        await Promise.all(refreshers);
        await Promise.all([waitForDeferredWork(), other.deferredWork()]);
        for (const token of tokens) {
          expect(await validateSession(token)).toBeNull();
          expect(await other.sessions.validateSession(token)).toBeNull();
        }
        expect(await validateSession(stays.accessToken)).not.toBeNull();
        expect(await db().session.count({ where: { userId: person.userId, revokedAt: null } })).toBe(1);
      }),
    );
  }
  latenciesMs.sort((a, b) => a - b);
  console.log(
    `an end takes ${Math.round(latenciesMs[RACES / 2] ?? 0)} ms, p95 ${Math.round(latenciesMs[RACES * 0.95] ?? 0)} ms`,
  );
});

it("two tabs on two instances refresh at once, a hundred times: one next token, nobody is signed out", async () => {
  let { refreshToken } = await startTestSession(await createPerson());
  for (let round = 0; round < 100; round += 1) {
    untilTheNextIsDue();
    const both = await Promise.all(
      [refreshSession, other.sessions.refreshSession, refreshSession].map((refresh) =>
        refresh(refreshToken, NOBODY),
      ),
    );
    expect(new Set(both.map((issued) => issued.refreshToken)).size).toBe(1);
    refreshToken = both[0]?.refreshToken ?? "";
  }
  expect(await validateSession(refreshToken)).toMatchObject({ rotation: 100 });
});

it("sixteen sign-ins and ends of one person at once: no deadlock, and what is left is what Postgres says", async () => {
  const person = await createPerson();
  const first = await startTestSession(person);
  const all = await Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      const instance = index % 2 ? other.sessions : undefined;
      // Null: ended by one of the others before it was there.
      const issued = await (instance ?? { startSession: startTestSession })
        .startSession(person, NOBODY)
        .catch(() => null);
      if (index % 4 === 3)
        await (instance?.deleteOtherUserSessions ?? deleteOtherUserSessions)(person.userId, first.session.id);
      return issued;
    }),
  );
  for (const issued of all) {
    if (!issued) continue;
    const { accessToken, session } = issued;
    const row = await db().session.findUniqueOrThrow({ where: { id: session.id } });
    for (const instance of [other.sessions, { validateSession }]) {
      expect((await instance.validateSession(accessToken)) !== null).toBe(row.revokedAt === null);
    }
  }
});

async function ending(): Promise<FailpointScenario> {
  const person = await createPerson();
  const [stays, gone] = [await startTestSession(person), await startTestSession(person)];
  await validateSession(gone.accessToken);
  await waitForDeferredWork();
  const end = () => deleteOtherUserSessions(person.userId, stays.session.id);
  return {
    act: end,
    actConcurrently: end,
    crashAt: () =>
      startChild("session-process.ts", ["end", person.userId, stays.session.id], {
        FAILPOINT: "sessions.committed",
      }).ended,
    settle: () =>
      waitUntil("nobody believes Redis any more", async () => !(await validateSession(gone.accessToken))),
    violations: async () => [
      ...((await validateSession(gone.accessToken)) ? ["what was ended is let in"] : []),
      ...((await validateSession(stays.accessToken)) ? [] : ["what was not ended is out"]),
    ],
  };
}

async function refreshing(): Promise<FailpointScenario> {
  const { refreshToken } = await startTestSession(await createPerson());
  const refresh = () => refreshSession(refreshToken, NOBODY);
  return {
    act: refresh,
    actConcurrently: refresh,
    crashAt: () =>
      startChild("session-process.ts", ["refresh", refreshToken], { FAILPOINT: "sessions.rotated" }).ended,
    settle: async () => {},
    violations: async () => {
      const again = await refresh();
      const session = await validateSession(again.accessToken);
      return session?.rotation === 1 ? [] : [`rotation is ${session?.rotation}`];
    },
  };
}

describe(`failpoints (belief runs out after ${TRUST_LEASE_MS} ms)`, () => {
  testFailpoints<Extract<Failpoint, `sessions.${string}`>>({
    "sessions.committed": ending,
    "sessions.rotated": refreshing,
  });
});
