import { expect, it } from "vitest";
import { GET as realtime } from "@/app/api/realtime/route";
import { deferredWork } from "@/lib/core/defer";
import { streamStats } from "@/lib/realtime";
import { deleteOtherUserSessions, deleteSession } from "@/lib/sessions";
import { call } from "../support/api";
import { startInstance } from "../support/instance";
import { createPerson } from "../support/people";
import { signInAs } from "../support/sign-in";
import { until } from "../support/until";

/** An open stream, and what it has said so far. */
async function open(token: string) {
  const gone = new AbortController();
  const request = new Request("http://localhost/api/realtime", {
    headers: { authorization: `Bearer ${token}` },
    signal: gone.signal,
  });
  const response = await realtime(request, { params: Promise.resolve({}) });
  const stream = { response, said: "", isClosed: false, leave: () => gone.abort() };
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) stream.said += decoder.decode(chunk as Uint8Array);
    stream.isClosed = true;
  })();
  await until("it is open", () => stream.said.includes("event: open"));
  return stream;
}

it("a stream of a session that another instance ends says so and closes; others stay open", async () => {
  const person = await createPerson();
  const [gone, stays] = [await signInAs(person), await signInAs(person)];
  const [closing, open1] = [await open(gone.accessToken), await open(stays.accessToken)];
  const stranger = await open((await signInAs(await createPerson())).accessToken);
  expect(closing.response.headers.get("content-type")).toContain("text/event-stream");
  expect(streamStats()).toEqual({ people: 2, streams: 3, listening: true });

  const other = await startInstance();
  await other.sessions.deleteOtherUserSessions(person.userId, stays.session.id);
  await other.deferredWork();
  await until("it is closed", () => closing.isClosed);
  expect(closing.said).toContain("event: session-ended");
  expect(open1.said + stranger.said).not.toContain("session-ended");

  // Everybody leaves: nothing is listened to any more.
  open1.leave();
  stranger.leave();
  await until("nobody is left", () => streamStats().streams === 0);
  expect(streamStats()).toEqual({ people: 0, streams: 0, listening: false });
});

it("closes within a second of the answer, in 38 of 40", async () => {
  const person = await createPerson();
  const stays = await signInAs(person);
  const latenciesMs: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const gone = await Promise.all([1, 2, 3, 4, 5].map(() => signInAs(person)));
    const streams = await Promise.all(gone.map(({ accessToken }) => open(accessToken)));
    await deleteOtherUserSessions(person.userId, stays.session.id);
    const startedAt = performance.now();
    await deferredWork();
    await Promise.all(
      streams.map(async (stream) => {
        await until("it is closed", () => stream.isClosed);
        latenciesMs.push(performance.now() - startedAt);
      }),
    );
  }
  latenciesMs.sort((a, b) => a - b);
  expect(latenciesMs[37]).toBeLessThan(1_000);
});

it("is for people who are signed in, and knows no channels yet", async () => {
  expect((await call(realtime)).status).toBe(401);
  const person = await createPerson();
  const { accessToken, session } = await signInAs(person);
  expect((await call(realtime, { token: accessToken, query: "?channel=chat:1" })).status).toBe(501);
  await deleteSession(session.id);
  expect((await call(realtime, { token: accessToken })).status).toBe(401);
});
