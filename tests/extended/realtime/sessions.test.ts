import { expect, it } from "vitest";
import { GET as realtime } from "@/app/api/realtime/route";
import { streamStats } from "@/lib/realtime";
import { deleteOtherUserSessions, deleteSession } from "@/lib/sessions";
import { call } from "@/tests/support/clients/call";
import { openEventStream } from "@/tests/support/clients/event-reader";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import { startInProcessInstance } from "@/tests/support/stack/in-process-instance";

async function open(token: string) {
  const stream = await openEventStream(token);
  await stream.waitForEvent("open");
  return stream;
}

it("a stream whose session another instance revokes is notified and closed; others stay open", async () => {
  const person = await createPerson();
  const [revoked, kept] = [await startTestSession(person), await startTestSession(person)];
  const [closing, staying] = [await open(revoked.accessToken), await open(kept.accessToken)];
  const stranger = await open((await startTestSession(await createPerson())).accessToken);
  expect(closing.response.headers.get("content-type")).toContain("text/event-stream");
  await waitUntil("the instance is subscribed", () => streamStats().live);
  expect(streamStats()).toMatchObject({ people: 2, streams: 3, subscriptions: 1 });

  const other = await startInProcessInstance();
  await other.sessions.deleteOtherUserSessions(person.userId, kept.session.id);
  await other.deferredWork();
  await waitUntil("the stream is closed", () => closing.isClosed);
  expect(closing.eventsNamed("session-ended")).toHaveLength(1);
  expect([...staying.eventsNamed("session-ended"), ...stranger.eventsNamed("session-ended")]).toEqual([]);

  // Some seconds after the last stream the subscription ends.
  staying.close();
  stranger.close();
  await waitUntil("no streams are left", () => streamStats().streams === 0);
  await waitUntil("the subscription is closed", () => streamStats().subscriptions === 0);
  expect(streamStats()).toMatchObject({ people: 0, streams: 0, subscriptions: 0 });
});

it("a stream closes within a second of the revocation's response, in 38 of 40 cases", async () => {
  const person = await createPerson();
  const kept = await startTestSession(person);
  const latenciesMs: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const revoked = await Promise.all([1, 2, 3, 4, 5].map(() => startTestSession(person)));
    const streams = await Promise.all(revoked.map(({ accessToken }) => open(accessToken)));
    await deleteOtherUserSessions(person.userId, kept.session.id);
    // The response is complete; the streams are woken in deferred work.
    const startedAt = performance.now();
    await Promise.all(
      streams.map(async (stream) => {
        await waitUntil("the stream is closed", () => stream.isClosed);
        latenciesMs.push(performance.now() - startedAt);
      }),
    );
  }
  latenciesMs.sort((a, b) => a - b);
  expect(latenciesMs[37]).toBeLessThan(1_000);
});

it("a stream requires a valid session", async () => {
  expect((await call(realtime)).status).toBe(401);
  const person = await createPerson();
  const { accessToken, session } = await startTestSession(person);
  await deleteSession(session.id);
  expect((await call(realtime, { token: accessToken })).status).toBe(401);
});
