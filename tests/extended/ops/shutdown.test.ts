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

it("an instance that ends sends its streams elsewhere and keeps the views, whoever has just left", async () => {
  const person = await createPerson();
  const token = await accessTokenFor(person);
  const stream = await openEventStream(token, { presence: null });
  await stream.waitForEvent("joined");
  const post = await createTestPost(await createPerson("artist"), 40);
  await recordViews(person.seq, [post]);
  expect(await persistedViews(post)).toMatchObject({ rows: 0 });
  // Somebody leaves every second, and may come back within five.
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
