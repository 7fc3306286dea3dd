import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { redis } from "@/lib/redis";
import * as sessions from "@/lib/sessions";
import { createPerson } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";
import { startInProcessInstance } from "@/tests/support/stack/in-process-instance";

/**
 * Any order of actions on two instances, with Redis flushed in between: after every step both accept exactly the
 * sessions that the model has as live.
 */

const CLIENT = { ip: null, userAgent: null };
const GRACE_MS = 10_000;

let nowMs = Date.now();
const other = await startInProcessInstance();
const instances = [{ sessions, setClock, deferredWork: waitForDeferredWork }, other] as const;
let restore: (() => void)[] = [];
beforeAll(() => {
  restore = instances.map((instance) => instance.setClock({ now: () => nowMs }));
});
afterAll(async () => {
  for (const undo of restore) undo();
  await other.deferredWork();
  await other.stop();
});

interface Known {
  id: string;
  live: boolean;
  accessTokens: string[];
  /** By rotation. */
  refreshTokens: string[];
  rotatedAt: number;
}

const index = fc.nat({ max: 7 });
const on = fc.constantFrom(0 as const, 1 as const);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("signIn" as const), on }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("refresh" as const),
      on,
      of: index,
      ago: fc.constantFrom(0, 0, 0, 1, 2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("end" as const), on, of: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("endOthers" as const), on, of: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const), on }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("flushRedis" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 11_000) }),
  },
);

it("both instances accept exactly the live sessions", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const person = await createPerson();
      const known: Known[] = [];
      let name = person.name;
      const pick = (at: number) => known[at % Math.max(1, known.length)];

      for (const [at, current] of steps.entries()) {
        const api = "on" in current ? instances[current.on].sessions : sessions;
        switch (current.kind) {
          case "signIn": {
            const issued = await api.startSession(person, CLIENT);
            known.push({
              id: issued.session.id,
              live: true,
              accessTokens: [issued.accessToken],
              refreshTokens: [issued.refreshToken],
              rotatedAt: 0,
            });
            break;
          }
          case "refresh": {
            const session = pick(current.of);
            const newest = (session?.refreshTokens.length ?? 0) - 1;
            const rotation = newest - current.ago;
            const token = session?.refreshTokens[rotation];
            if (!session || token === undefined) break;
            const inTime = current.ago === 0 || (current.ago === 1 && nowMs - session.rotatedAt < GRACE_MS);
            const issued = await api.refreshSession(token, CLIENT).catch(() => null);
            expect(issued !== null, `refresh with the token of ${current.ago} rotations ago`).toBe(
              session.live && inTime,
            );
            if (!inTime) session.live = false;
            if (!issued) break;
            session.accessTokens.push(issued.accessToken);
            const isYoung = newest > 0 && nowMs - session.rotatedAt < GRACE_MS;
            if (current.ago > 0 || isYoung) expect(issued.refreshToken).toBe(session.refreshTokens[newest]);
            else {
              session.refreshTokens.push(issued.refreshToken);
              session.rotatedAt = nowMs;
            }
            break;
          }
          case "end": {
            const session = pick(current.of);
            if (!session) break;
            expect(await api.deleteSession(session.id)).toBe(session.live);
            session.live = false;
            break;
          }
          case "endOthers": {
            const stays = pick(current.of);
            if (!stays) break;
            const others = known.filter((session) => session !== stays && session.live);
            expect(await api.deleteOtherUserSessions(person.userId, stays.id)).toBe(others.length);
            for (const session of others) session.live = false;
            break;
          }
          case "rename": {
            name = `Name ${at}`;
            await api.changeAccount(person.userId, (tx) =>
              tx.user.update({ where: { id: person.userId }, data: { name } }),
            );
            break;
          }
          case "flushRedis":
            await redis().flushdb();
            break;
          case "wait":
            nowMs += current.ms;
        }
        for (const instance of instances) {
          for (const session of known) {
            for (const token of [session.accessTokens.at(-1) ?? "", session.refreshTokens.at(-1) ?? ""]) {
              const found = await instance.sessions.validateSession(token);
              expect(
                found && { id: found.id, name: found.name },
                `step ${at}: ${JSON.stringify(current)}`,
              ).toEqual(session.live ? { id: session.id, name } : null);
            }
          }
          await instance.deferredWork();
          const listed = (await instance.sessions.getUserSessions(person.userId)).map(({ id }) => id);
          expect(listed.sort()).toEqual(known.flatMap(({ id, live }) => (live ? [id] : [])).sort());
        }
      }
    }),
    { numRuns: runs(6) },
  );
});
