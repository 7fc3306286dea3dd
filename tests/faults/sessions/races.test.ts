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

/** Revocations that race with refreshes on several instances, and processes that die during either. */

requireRealStack();

const CLIENT = { ip: null, userAgent: null };
/** CI runs fewer (RUNS). */
const RACES = runs(200);
const CONCURRENCY = 8;
/** Enough that the revocation falls between them. */
const MAX_ROTATIONS = 6;
const other = await startInProcessInstance();
/** The same clock on both instances; tests can move it. */
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs };
let restore: (() => void)[] = [];
beforeEach(() => {
  aheadMs = 0;
});
beforeAll(() => {
  restore = [setClock(clock), other.setClock(clock)];
});
const advancePastGrace = () => {
  aheadMs += REFRESH_GRACE_MS;
};
afterAll(async () => {
  for (const undo of restore) undo();
  await other.deferredWork();
  await other.stop();
});

it(`${RACES} races of "sign out other sessions" with refreshes on two instances resurrect no session`, async () => {
  const people = await createPeople(RACES);
  const latenciesMs: number[] = [];
  for (let from = 0; from < RACES; from += CONCURRENCY) {
    await Promise.all(
      people.slice(from, from + CONCURRENCY).map(async (person) => {
        const [stays, gone] = [await startTestSession(person), await startTestSession(person)];
        const tokens = [gone.accessToken, gone.refreshToken];
        let refreshing = true;
        const refreshers = [refreshSession, other.sessions.refreshSession].map(async (refresh) => {
          let token = gone.refreshToken;
          for (let count = 0; refreshing && count < MAX_ROTATIONS; count += 1) {
            const next = await refresh(token, CLIENT).catch(() => null);
            if (!next) return;
            tokens.push(next.accessToken, next.refreshToken);
            token = next.refreshToken;
            // Validation stores the session in Redis again and again while it is being revoked.
            await validateSession(next.accessToken);
            await other.sessions.validateSession(next.accessToken);
          }
        });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        const startedAt = performance.now();
        expect(await deleteOtherUserSessions(person.userId, stays.session.id)).toBeLessThanOrEqual(1);
        latenciesMs.push(performance.now() - startedAt);
        // Checks from here on start after the revocation has returned.
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
    `a revocation takes ${Math.round(latenciesMs[RACES / 2] ?? 0)} ms, p95 ${Math.round(latenciesMs[RACES * 0.95] ?? 0)} ms`,
  );
});

it("two tabs on two instances that refresh concurrently get the same next token and stay signed in, a hundred times", async () => {
  let { refreshToken } = await startTestSession(await createPerson());
  for (let round = 0; round < runs(100); round += 1) {
    advancePastGrace();
    const results = await Promise.all(
      [refreshSession, other.sessions.refreshSession, refreshSession].map((refresh) =>
        refresh(refreshToken, CLIENT),
      ),
    );
    expect(new Set(results.map((issued) => issued.refreshToken)).size).toBe(1);
    refreshToken = results[0]?.refreshToken ?? "";
  }
  expect(await validateSession(refreshToken)).toMatchObject({ rotation: runs(100) });
});

it("sixteen concurrent sign-ins and revocations of one user do not deadlock, and all instances agree with Postgres", async () => {
  const person = await createPerson();
  const first = await startTestSession(person);
  const all = await Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      const instance = index % 2 ? other.sessions : undefined;
      // Null: revoked by a concurrent revocation before it was returned.
      const issued = await (instance ?? { startSession: startTestSession })
        .startSession(person, CLIENT)
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

async function endScenario(): Promise<FailpointScenario> {
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
      waitUntil("the trust lease has ended", async () => !(await validateSession(gone.accessToken))),
    violations: async () => [
      ...((await validateSession(gone.accessToken)) ? ["a revoked session is accepted"] : []),
      ...((await validateSession(stays.accessToken)) ? [] : ["a valid session is rejected"]),
    ],
  };
}

async function refreshScenario(): Promise<FailpointScenario> {
  const { refreshToken } = await startTestSession(await createPerson());
  const refresh = () => refreshSession(refreshToken, CLIENT);
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

describe(`failpoints (the trust lease ends after ${TRUST_LEASE_MS} ms)`, () => {
  testFailpoints<Extract<Failpoint, `sessions.${string}`>>({
    "sessions.committed": endScenario,
    "sessions.rotated": refreshScenario,
  });
});
