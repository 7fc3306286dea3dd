import fc from "fast-check";
import { expect, it } from "vitest";
import { db } from "@/lib/db";
import type { Presence } from "@/lib/presence";
import { redis } from "@/lib/redis";
import { createPeople } from "@/tests/support/factories/people";
import { agePresence, newSocket, presenceInstance } from "@/tests/support/factories/presence-tools";
import { runs } from "@/tests/support/fuzz/runs";

/** No sum of steps comes near it: what passes while a run runs must not matter. */
const STREAM_MS = 350_000;
const STEP_MS = 100_000;
const INSTANCES = 3;
const PEOPLE = 2;
const SOCKETS = 3;

interface Stream {
  away: boolean;
  /** Of the model's clock. */
  expiresAt: number;
}

/** What must be so, kept as plainly as possible. */
class Truth {
  clock = 0;
  readonly people = Array.from({ length: PEOPLE }, () => ({
    streams: new Map<number, Stream>(),
    hides: false,
    said: "offline",
  }));

  of(person: number) {
    const known = this.people[person];
    if (!known) throw new Error("no such person");
    return known;
  }

  state(person: number): string {
    const { streams, hides } = this.of(person);
    const live = [...streams.values()].filter(({ expiresAt }) => expiresAt > this.clock);
    if (hides || live.length === 0) return "offline";
    return live.some(({ away }) => !away) ? "online" : "away";
  }
}

const who = { instance: fc.nat(INSTANCES - 1), person: fc.nat(PEOPLE - 1), socket: fc.nat(SOCKETS - 1) };
const command = fc.oneof(
  // The first of a stream opens it. An instance that has none open sweeps when it is told to, so that a run can say when.
  { weight: 8, arbitrary: fc.record({ ...who, do: fc.constantFrom("away", "front") }) },
  { weight: 2, arbitrary: fc.record({ ...who, do: fc.constant("close" as const) }) },
  { weight: 1, arbitrary: fc.record({ ...who, do: fc.constantFrom("hide", "show") }) },
  // Nobody is heard of meanwhile: a killed browser is nothing else.
  {
    weight: 4,
    arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 4 }), do: fc.constant("wait" as const) }),
  },
  { weight: 1, arbitrary: fc.record({ ...who, do: fc.constant("sweep" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("empty" as const) }) },
);

it("whatever streams open, beat, close, die and hide on any instance, all see the truth and each change is said once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 30 }), async (commands) => {
      const told: Presence[] = [];
      const instances = Array.from({ length: INSTANCES }, () =>
        presenceInstance({ streamTtlMs: STREAM_MS }, told),
      );
      const people = (await createPeople(PEOPLE)).map(({ userId }) => userId);
      const sockets = people.map(() => Array.from({ length: SOCKETS }, newSocket));
      const truth = new Truth();
      /** Of each person, in order. What is said of two people in one sweep has no order. */
      const expected: string[][] = people.map(() => []);
      /** A change by time alone is said by the next that looks: a sweep, or whatever the person does. */
      const settle = (person: number) => {
        const state = truth.state(person);
        if (state !== truth.of(person).said) expected[person]?.push(state);
        truth.of(person).said = state;
      };
      const sweepAll = async (instance: number) => {
        await instances[instance]?.sweep();
        for (const person of people.keys()) if (truth.state(person) === "offline") settle(person);
      };

      for (const step of commands) {
        if (step.do === "wait") {
          truth.clock += step.steps * STEP_MS;
          await agePresence(people, step.steps * STEP_MS);
        } else if (step.do === "empty") {
          await redis().flushdb();
          for (const person of truth.people) {
            person.streams.clear();
            person.said = "offline";
          }
        } else if (step.do === "sweep") {
          await sweepAll(step.instance);
        } else {
          const { person, socket } = step;
          const instance = instances[step.instance];
          const userId = people[person] ?? "";
          const socketId = sockets[person]?.[socket] ?? "";
          const { streams } = truth.of(person);
          const expiresAt = truth.clock + STREAM_MS;
          switch (step.do) {
            case "away":
            case "front":
              streams.set(socket, { away: step.do === "away", expiresAt });
              await instance?.beat(userId, socketId, step.do === "away" ? "away" : "online");
              break;
            case "close":
              streams.delete(socket);
              await instance?.setOffline(userId, socketId);
              break;
            default:
              truth.of(person).hides = step.do === "hide";
              await db().user.update({
                where: { id: userId },
                data: { hidesPresence: truth.of(person).hides },
              });
              await instance?.setHidden(userId, truth.of(person).hides);
          }
          settle(person);
        }
        const seen = await Promise.all(instances.map((each) => each.getPresences(people)));
        for (const { items } of seen) {
          expect(items.map(({ state }) => state)).toEqual(people.map((_, person) => truth.state(person)));
          for (const [person, { lastSeenAt }] of items.entries()) {
            if (truth.of(person).hides) expect(lastSeenAt).toBeNull();
          }
        }
        const online = await instances[0]?.getOnlineUsers();
        expect(people.filter((id) => online?.includes(id))).toEqual(
          people.filter((_, person) => truth.state(person) !== "offline"),
        );
      }
      await sweepAll(0);
      // Those of an earlier run expire by themselves.
      expect(
        people.map((id) => told.filter(({ userId }) => userId === id).map(({ state }) => state)),
      ).toEqual(expected);
    }),
    { numRuns: runs(25) },
  );
});
