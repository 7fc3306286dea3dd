import { expect, it } from "vitest";
import { GET as realtime } from "@/app/api/realtime/route";
import { newId } from "@/lib/core/ids";
import { shutDown } from "@/lib/ops";
import { leave } from "@/lib/presence";
import { recordViews } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { openEventStream } from "@/tests/support/clients/event-reader";
import { createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";

it("a shutdown asks streams to reconnect and syncs views, even while users are leaving", async () => {
  const person = await createPerson();
  const token = await accessTokenFor(person);
  const stream = await openEventStream(token, { presence: null });
  await stream.waitForEvent("joined");
  const post = await createTestPost(await createPerson("artist"), 40);
  await recordViews(person.seq, [post]);
  expect(await persistedViews(post)).toMatchObject({ rows: 0 });
  // A user goes offline every second; each has a grace period of five seconds.
  const leaving = setInterval(() => void leave(newId(), newId()), 1_000);
  void leave(newId(), newId());
  const startedAt = Date.now();
  await shutDown();
  clearInterval(leaving);
  expect(Date.now() - startedAt).toBeLessThan(4_800);
  expect(stream.eventsNamed("reconnect")).toHaveLength(1);
  expect(await persistedViews(post)).toMatchObject({ rows: 1 });
  expect((await call(realtime, { token, query: "?channel=presence" })).status).toBe(503);
});
