import { describe, expect, it } from "vitest";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { POST as signOut } from "@/app/api/auth/sign-out/route";
import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { GET as me } from "@/app/api/me/route";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";

const person = () => ({ email: `Person-${newId()}@Test.example`, password: "correct horse", name: "Кто-то" });

describe("accounts", () => {
  it("sign-up signs in, and token, cookie and account agree", async () => {
    const input = person();
    const created = await call(signUp, { body: input });
    expect(created.status).toBe(201);
    expect(created.body.user).toMatchObject({
      email: input.email.toLowerCase(),
      name: "Кто-то",
      role: "listener",
    });
    expect(JSON.stringify(created.body)).not.toContain("argon2");
    expect(Date.parse(created.body.expiresAt)).toBeGreaterThan(Date.now());

    const cookie = created.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    const byCookie = await call(me, { headers: { cookie: cookie.split(";")[0] ?? "" } });
    const byBearer = await call(me, { token: created.body.accessToken });
    expect(byCookie.body).toEqual({ user: created.body.user });
    expect(byBearer.body).toEqual({ user: created.body.user });
  });

  it("stores an argon2id hash and no password", async () => {
    const input = person();
    const created = await call(signUp, { body: input });
    const row = await db().user.findUniqueOrThrow({ where: { id: created.body.user.id } });
    expect(row.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify(row)).not.toContain(input.password);
  });

  it("an address can be used once, in any case", async () => {
    const input = person();
    await call(signUp, { body: input });
    const again = await call(signUp, { body: { ...input, email: input.email.toUpperCase() } });
    expect({ status: again.status, code: again.body.error.code }).toEqual({ status: 409, code: "conflict" });
  });

  it("signs in with the right password, and responds the same to a wrong one and an unknown address", async () => {
    const input = person();
    await call(signUp, { body: input });
    const good = await call(signIn, { body: { email: input.email, password: input.password } });
    expect(good.status).toBe(200);
    const wrong = await call(signIn, { body: { email: input.email, password: "nope" } });
    const unknown = await call(signIn, { body: { email: `x-${input.email}`, password: "nope" } });
    expect(wrong.status).toBe(401);
    expect({ ...unknown.body.error, requestId: "" }).toEqual({ ...wrong.body.error, requestId: "" });
  });

  it("a referral code sets the referrer; an unknown one is rejected and creates no account", async () => {
    const inviter = await call(signUp, { body: person() });
    const { referralCode, id } = inviter.body.user;
    const invited = await call(signUp, { body: { ...person(), referralCode: referralCode.toLowerCase() } });
    const row = await db().user.findUniqueOrThrow({ where: { id: invited.body.user.id } });
    expect(row.referredById).toBe(id);

    const input = person();
    const rejected = await call(signUp, { body: { ...input, referralCode: "NOBODYS1" } });
    expect(rejected.status).toBe(400);
    expect(rejected.body.error.details).toEqual([{ path: "referralCode", message: expect.any(String) }]);
    expect(await db().user.count({ where: { email: input.email.toLowerCase() } })).toBe(0);
  });

  it("names the fields of a bad sign-up", async () => {
    const response = await call(signUp, { body: { email: "x", password: "short", name: "" } });
    expect(response.body.error.details.map(({ path }: { path: string }) => path).sort()).toEqual([
      "email",
      "name",
      "password",
    ]);
  });

  it("sign-out deletes the cookie", async () => {
    const response = await call(signOut, { method: "POST" });
    expect(response.headers.get("set-cookie")).toMatch(/^nd_access=; .*Max-Age=0/);
  });

  it("a token of a deleted account is rejected", async () => {
    const created = await call(signUp, { body: person() });
    await db().user.delete({ where: { id: created.body.user.id } });
    expect((await call(me, { token: created.body.accessToken })).status).toBe(401);
  });
});
