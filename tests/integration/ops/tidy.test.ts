import { expect, it } from "vitest";
import { GET as tidy } from "@/app/api/cron/tidy/route";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { raiseAlert } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

it("expired rows are deleted after their retention time, and newer ones stay", async () => {
  const { userId } = await createPerson();
  const gone = newId();
  const rest = { userId, authenticatedAt: ago(90), lastSeenAt: ago(90), createdAt: ago(90) };
  const sessions = [31, 29, -1].map((days) => ({
    ...rest,
    id: newId(),
    tokenHash: newId(),
    expiresAt: ago(days),
  }));
  const tokens = [1, -1].map((days) => ({ hash: newId(), expiresAt: ago(days), createdAt: ago(2) }));
  const links = [31, 29].map((days) => ({
    id: newId(),
    userId,
    kind: "confirm_address" as const,
    email: "x@test.example",
    expiresAt: ago(days),
  }));
  await db().session.createMany({ data: sessions });
  await db().revokedToken.createMany({ data: tokens });
  await db().accountLink.createMany({ data: links });
  await db().idempotencyKey.createMany({
    data: [4, 2].map((days) => ({
      ...{ userId, scope: "post", key: `${days} days`, fingerprint: "", resultId: newId() },
      createdAt: ago(days),
    })),
  });
  await db().sessionGeneration.createMany({
    data: [
      { userId: gone, generation: 1, changedAt: ago(61) },
      { userId, generation: 1, changedAt: ago(61) },
    ],
  });

  const response = await call(tidy, { headers: { authorization: `Bearer ${process.env.CRON_SECRET}` } });
  expect(response.status).toBe(200);
  expect(response.body).toMatchObject({
    sessions: expect.any(Number),
    tokens: expect.any(Number),
    links: expect.any(Number),
  });
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
  expect(ids(await db().session.findMany({ where: { userId } }))).toEqual(ids(sessions.slice(1)));
  expect(
    (await db().revokedToken.findMany({ where: { hash: { in: tokens.map(({ hash }) => hash) } } })).map(
      ({ hash }) => hash,
    ),
  ).toEqual([tokens[1]?.hash]);
  expect(ids(await db().accountLink.findMany({ where: { userId } }))).toEqual(ids(links.slice(1)));
  expect(await db().idempotencyKey.findMany({ where: { userId }, select: { key: true } })).toEqual([
    { key: "2 days" },
  ]);
  expect(await db().sessionGeneration.count({ where: { userId: { in: [gone, userId] } } })).toBe(1);
});

it("an undeliverable farewell mail keeps the address of an erased account for a month", async () => {
  const email = `gone-${newId()}@test.example`;
  const payload = {
    to: { address: email },
    locale: "en",
    template: "account-deleted",
    props: { name: email },
  };
  const { userId } = await createPerson();
  const dead = ([days, ownerId]: [number, string | null]) => ({
    ...{ id: newId(), queue: "emails", key: newId(), version: 1, payload, state: "dead" as const, ownerId },
    ...{ finishedAt: ago(days), dueAt: ago(days), deadlineAt: ago(days) },
  });
  const [old, recent, owned] = [dead([31, null]), dead([29, null]), dead([31, userId])];
  await db().task.createMany({ data: [old, recent, owned] });
  await transaction((tx) => raiseAlert(tx, { kind: "task_dead", subject: old.id, message: "x" }));

  const response = await call(tidy, { headers: { authorization: `Bearer ${process.env.CRON_SECRET}` } });
  expect(response.body.tasks).toBeGreaterThanOrEqual(1);
  const stateOf = ({ id }: { id: string }) => db().task.findUniqueOrThrow({ where: { id } });
  expect(await stateOf(old)).toMatchObject({ state: "cancelled", payload: {} });
  expect(await stateOf(recent)).toMatchObject({ state: "dead", payload });
  expect(await stateOf(owned)).toMatchObject({ state: "dead", payload });
  expect(await db().alert.findFirst({ where: { subject: old.id } })).toMatchObject({
    closedAt: expect.any(Date),
  });
  await db().task.deleteMany({ where: { id: { in: [old.id, recent.id, owned.id] } } });
  await db().alert.deleteMany({ where: { subject: old.id } });
});
