import { expect, it } from "vitest";
import { GET as follow } from "@/app/(site)/r/[code]/route";
import { newReferralCode } from "@/lib/accounts";
import { db } from "@/lib/db";
import { createPerson } from "@/tests/support/factories/people";

const open = (code: string) =>
  follow(new Request(`http://localhost/r/${code}`), { params: Promise.resolve({ code }) });

it("a referral link leads to sign-up with the code, and a cookie remembers it for 30 days", async () => {
  const referralCode = newReferralCode();
  const { userId } = await createPerson();
  await db().user.update({ where: { id: userId }, data: { referralCode } });
  for (const written of [referralCode, referralCode.toLowerCase()]) {
    const answer = await open(written);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(`/sign-up?ref=${referralCode}`);
    expect(answer.headers.get("set-cookie")).toMatch(
      new RegExp(`^referral=${referralCode}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000`),
    );
  }
});

it("a code that is nobody's, or none at all, leads to plain sign-up", async () => {
  for (const code of [newReferralCode(), "x".repeat(200), "a;b=c", "//evil.example", "%00", "код"]) {
    const answer = await open(code);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/sign-up");
    expect(answer.headers.get("set-cookie")).toBeNull();
  }
});
