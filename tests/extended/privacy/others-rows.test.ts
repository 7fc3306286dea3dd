import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { erasureSteps } from "@/lib/privacy/erase-account";
import { createPerson } from "@/tests/support/factories/people";

it("erasing an account leaves other accounts' rows whose keys have parts in common", async () => {
  const [erased, other] = [await createPerson(), await createPerson()];
  const shared = { scope: "post", key: "k", fingerprint: "f" };
  for (const { userId } of [erased, other]) {
    await db().notificationPreference.create({ data: { userId, kind: "mention", level: "off" } });
    await db().idempotencyKey.create({ data: { ...shared, userId, resultId: userId } });
  }
  for (const table of ["NotificationPreference", "IdempotencyKey"]) {
    const step = erasureSteps.find(({ clears }) => clears?.includes(`${table}.userId`));
    expect(await step?.eraseBatch(erased)).toBe(1);
    expect(await step?.eraseBatch(erased)).toBe(0);
  }
  const left = { where: { userId: { in: [erased.userId, other.userId] } }, select: { userId: true } };
  expect(await db().notificationPreference.findMany(left)).toEqual([{ userId: other.userId }]);
  expect(await db().idempotencyKey.findMany(left)).toEqual([{ userId: other.userId }]);
});
