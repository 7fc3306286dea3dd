import { expect, it } from "vitest";
import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";

const newAddress = () => `p-${newId()}@normaldance.test`;
const body = (email: string) => ({ email, name: "Mira Kim", password: "copper lantern tuesday" });

it("a sign-up whose handles are all taken is asked to repeat it, and its address is not reported as taken", async () => {
  const email = newAddress();
  expect((await call(signUp, { body: body(newAddress()) })).status).toBe(201);
  // Each handle of this address has just been taken by another account.
  await db().$executeRawUnsafe(`
CREATE FUNCTION take_handle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NEW.handle := (SELECT handle FROM "User" WHERE "deletedAt" IS NULL LIMIT 1); RETURN NEW;
END $$`);
  await db().$executeRawUnsafe(`
CREATE TRIGGER "zz_take_handle" BEFORE INSERT ON "User" FOR EACH ROW WHEN (NEW.email = '${email}')
EXECUTE FUNCTION take_handle()`);
  try {
    const refused = await call(signUp, { body: body(email) });
    expect(refused).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(refused.headers.get("retry-after")).toBe("2");
  } finally {
    await db().$executeRawUnsafe('DROP TRIGGER "zz_take_handle" ON "User"');
    await db().$executeRawUnsafe("DROP FUNCTION take_handle()");
  }
  expect((await call(signUp, { body: body(email) })).status).toBe(201);
  expect(await call(signUp, { body: body(email) })).toMatchObject({
    status: 409,
    body: { error: { code: "conflict", details: [{ path: "email" }] } },
  });
});
