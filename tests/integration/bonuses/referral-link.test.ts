import { expect, it } from "vitest";
import { GET as follow } from "@/app/(site)/r/[code]/route";
import { newReferralCode } from "@/lib/accounts";
import { db } from "@/lib/db";
import { createPerson } from "@/tests/support/factories/people";

const open = (code: string) =>
  follow(new Request(`http://localhost/r/${code}`), { params: Promise.resolve({ code }) });

it("a referral link redirects to sign-up with the code and sets a cookie for 30 days", async () => {
  const referralCode = newReferralCode();
  const { userId } = await createPerson();
  await db().user.update({ where: { id: userId }, data: { referralCode } });
  for (const written of [referralCode, referralCode.toLowerCase()]) {
    const response = await open(written);
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe(`/sign-up?ref=${referralCode}`);
    expect(response.headers.get("set-cookie")).toMatch(
      new RegExp(`^referral=${referralCode}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000`),
    );
  }
});

it("an unknown or invalid code redirects to plain sign-up", async () => {
  for (const code of [newReferralCode(), "x".repeat(200), "a;b=c", "//evil.example", "%00", "код"]) {
    const response = await open(code);
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/sign-up");
    expect(response.headers.get("set-cookie")).toBeNull();
  }
});
