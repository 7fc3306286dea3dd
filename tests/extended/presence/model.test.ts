import fc from "fast-check";
import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { redis } from "@/lib/redis";
import type { Presence } from "@/lib/schemas/presence";
import { createPeople } from "@/tests/support/factories/people";
import { agePresence, newSocket, presenceInstance } from "@/tests/support/factories/presence-tools";
import { runs } from "@/tests/support/fuzz/runs";

/** Lease (ms) that no sum of steps comes close to: the real time of a run must not matter. */
const LEASE_MS = 350_000;
const REGISTRATION_MS = 10_000_000;
const STEP_MS = 100_000;
const INSTANCES = 3;
const PEOPLE = 2;
const SOCKETS = 3;

/** The model: the expected presence. */
class Model {
  clock = 0;
  readonly people = Array.from({ length: PEOPLE }, () => ({
    /** Whether each stream is away. */
    streams: new Map<number, boolean>(),
    hides: false,
    published: "offline",
    /** Milliseconds of the model's clock. */
    leaseEndsAt: 0,
  }));

  of(person: number) {
    const known = this.people[person];
    if (!known) throw new Error("no such person");
    return known;
  }

  /** As their streams say. */
  settledState(person: number): string {
    const { streams, hides } = this.of(person);
    if (hides || streams.size === 0) return "offline";
    return [...streams.values()].includes(false) ? "online" : "away";
  }

  hasLease(person: number): boolean {
    return this.of(person).leaseEndsAt > this.clock;
  }

  state(person: number): string {
    return this.hasLease(person) ? this.settledState(person) : "offline";
  }
}

const who = { instance: fc.nat(INSTANCES - 1), person: fc.nat(PEOPLE - 1), socket: fc.nat(SOCKETS - 1) };
const command = fc.oneof(
  // The first report of a stream opens it. An instance without open streams sweeps only on request, so that a run
  // controls it.
  { weight: 8, arbitrary: fc.record({ ...who, do: fc.constantFrom("away", "front") }) },
  { weight: 2, arbitrary: fc.record({ ...who, do: fc.constant("close" as const) }) },
  { weight: 1, arbitrary: fc.record({ ...who, do: fc.constantFrom("hide", "show") }) },
  // No lease is renewed meanwhile, as when the instances of the streams died.
  {
    weight: 4,
    arbitrary: fc.record({ steps: fc.integer({ min: 1, max: 4 }), do: fc.constant("wait" as const) }),
  },
  { weight: 1, arbitrary: fc.record({ ...who, do: fc.constant("sweep" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("empty" as const) }) },
);

it("all instances agree with the model and publish each change once, whatever streams open, close, hide and lose their instance", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 30 }), async (commands) => {
      const published: Presence[] = [];
      const instances = Array.from({ length: INSTANCES }, () =>
        presenceInstance({ leaseMs: LEASE_MS, registrationMs: REGISTRATION_MS }, published),
      );
      const people = (await createPeople(PEOPLE)).map(({ userId }) => userId);
      const sockets = people.map(() => Array.from({ length: SOCKETS }, newSocket));
      const model = new Model();
      /** Published states of each user, in order. Changes of two users in one sweep have no order. */
      const expected: string[][] = people.map(() => []);
      const settle = (person: number) => {
        const state = model.settledState(person);
        if (state !== model.of(person).published) expected[person]?.push(state);
        model.of(person).published = state;
      };
      const sweepAll = async (instance: number) => {
        await instances[instance]?.beat();
        for (const person of people.keys()) {
          const { published: before, streams } = model.of(person);
          if (before === "offline" || model.hasLease(person)) continue;
          streams.clear();
          settle(person);
        }
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
          switch (step.do) {
            case "away":
            case "front":
              streams.set(socket, step.do === "away");
              model.of(person).leaseEndsAt = model.clock + LEASE_MS;
              await instance?.report(userId, socketId, step.do === "away" ? "away" : "online");
              break;
            case "close":
              streams.delete(socket);
              await instance?.setOffline(userId, socketId);
              break;
            default:
              model.of(person).hides = step.do === "hide";
              if (step.do === "show") model.of(person).leaseEndsAt = model.clock + LEASE_MS;
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
