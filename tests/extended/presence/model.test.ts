import fc from "fast-check";
import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { redis } from "@/lib/redis";
import type { Presence } from "@/lib/schemas/presence";
import { createPeople } from "@/tests/support/factories/people";
import { agePresence, newSocket, presenceInstance } from "@/tests/support/factories/presence-tools";
import { runs } from "@/tests/support/fuzz/runs";

/** TTL (ms) that no sum of steps comes close to: the real time of a run must not matter. */
const STREAM_MS = 350_000;
const STEP_MS = 100_000;
const INSTANCES = 3;
const PEOPLE = 2;
const SOCKETS = 3;

interface Stream {
  away: boolean;
  /** Milliseconds of the model's clock. */
  expiresAt: number;
}

/** The model: the expected presence. */
class Model {
  clock = 0;
  readonly people = Array.from({ length: PEOPLE }, () => ({
    streams: new Map<number, Stream>(),
    hides: false,
    published: "offline",
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
  // The first beat of a stream opens it. An instance without open streams sweeps only on request, so that a run
  // controls it.
  { weight: 8, arbitrary: fc.record({ ...who, do: fc.constantFrom("away", "front") }) },
  { weight: 2, arbitrary: fc.record({ ...who, do: fc.constant("close" as const) }) },
  { weight: 1, arbitrary: fc.record({ ...who, do: fc.constantFrom("hide", "show") }) },
  // No beats meanwhile, as from a killed browser.
  {
    weight: 4,
    arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 4 }), do: fc.constant("wait" as const) }),
  },
  { weight: 1, arbitrary: fc.record({ ...who, do: fc.constant("sweep" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("empty" as const) }) },
);

it("all instances agree with the model and publish each change once, whatever streams open, beat, close, die and hide", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 30 }), async (commands) => {
      const published: Presence[] = [];
      const instances = Array.from({ length: INSTANCES }, () =>
        presenceInstance({ streamTtlMs: STREAM_MS }, published),
      );
      const people = (await createPeople(PEOPLE)).map(({ userId }) => userId);
      const sockets = people.map(() => Array.from({ length: SOCKETS }, newSocket));
      const model = new Model();
      /** Published states of each user, in order. Changes of two users in one sweep have no order. */
      const expected: string[][] = people.map(() => []);
      /** A change by time is published by the next call that notices it: a sweep, or any call for the user. */
      const settle = (person: number) => {
        const state = model.state(person);
        if (state !== model.of(person).published) expected[person]?.push(state);
        model.of(person).published = state;
      };
      const sweepAll = async (instance: number) => {
        await instances[instance]?.sweep();
        for (const person of people.keys()) if (model.state(person) === "offline") settle(person);
      };

      for (const step of commands) {
        if (step.do === "wait") {
          model.clock += step.steps * STEP_MS;
          await agePresence(people, step.steps * STEP_MS);
        } else if (step.do === "empty") {
          await redis().flushdb();
          for (const person of model.people) {
            person.streams.clear();
            person.published = "offline";
          }
        } else if (step.do === "sweep") {
          await sweepAll(step.instance);
        } else {
          const { person, socket } = step;
          const instance = instances[step.instance];
          const userId = people[person] ?? "";
          const socketId = sockets[person]?.[socket] ?? "";
          const { streams } = model.of(person);
          const expiresAt = model.clock + STREAM_MS;
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
              model.of(person).hides = step.do === "hide";
              await db().user.update({
                where: { id: userId },
                data: { hidesPresence: model.of(person).hides },
              });
              await instance?.setHidden(userId, model.of(person).hides);
          }
          settle(person);
        }
        const presences = await Promise.all(instances.map((each) => each.getPresences(people)));
        for (const { items } of presences) {
          expect(items.map(({ state }) => state)).toEqual(people.map((_, person) => model.state(person)));
          for (const [person, { lastSeenAt }] of items.entries()) {
            if (model.of(person).hides) expect(lastSeenAt).toBeNull();
          }
        }
        const online = await instances[0]?.getOnlineUsers();
        expect(people.filter((id) => online?.includes(id))).toEqual(
          people.filter((_, person) => model.state(person) !== "offline"),
        );
      }
      await sweepAll(0);
      // Users of an earlier run expire without a step.
      expect(
        people.map((id) => published.filter(({ userId }) => userId === id).map(({ state }) => state)),
      ).toEqual(expected);
    }),
    { numRuns: runs(25) },
  );
});
