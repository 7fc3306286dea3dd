import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { findWrongSettings, READ_SETTINGS_SQL, settingRowsSchema } from "@/lib/db/role-settings";
import { Prisma } from "@/prisma/generated/client";
import { createPerson } from "@/tests/support/factories/people";

it("Postgres, Prisma and this process mean the same time, whatever zones they are set to", async () => {
  const startedAt = Date.now();
  const { userId: id } = await createPerson();
  const { createdAt } = await db().user.findUniqueOrThrow({ where: { id } });
  expect(Math.abs(createdAt.getTime() - startedAt)).toBeLessThan(60_000);

  const at = new Date("2026-07-01T12:34:56.789Z");
  await db().user.update({ where: { id }, data: { confirmedAt: at } });
  expect(
    await db().$queryRaw`
SELECT extract(epoch FROM "confirmedAt")::float8 AS seconds, "confirmedAt", "confirmedAt" = ${at}::timestamptz AS same
FROM "User" WHERE id = ${id}::uuid`,
  ).toEqual([{ seconds: at.getTime() / 1_000, confirmedAt: at, same: true }]);
});

it("every connection of the app has the settings of its role", async () => {
  const read = async () => settingRowsSchema.parse(await db().$queryRaw(Prisma.raw(READ_SETTINGS_SQL)));
  const connections = await Promise.all(Array.from({ length: 5 }, read));
  expect(connections.map(findWrongSettings)).toEqual(Array.from({ length: 5 }, () => []));
});
