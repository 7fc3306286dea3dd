import { expect, it, vi } from "vitest";
import { POST as forgot } from "@/app/api/auth/forgot-password/route";
import { POST as reset } from "@/app/api/auth/reset-password/route";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { POST as changePassword } from "@/app/api/me/password/route";
import { GET as me } from "@/app/api/me/route";
import { call } from "@/tests/support/clients/call";
import {
  type Account,
  createAccount,
  newestLinkToken,
  TEST_PASSWORD,
} from "@/tests/support/factories/accounts";

/** Runs once after a password was found right and before its session is created. */
let meanwhile = async () => {};

vi.mock("@/lib/accounts/password", async (load) => {
  const real = await load<typeof import("@/lib/accounts/password")>();
  return {
    ...real,
    checkPassword: async (...args: Parameters<typeof real.checkPassword>) => {
      const isRight = await real.checkPassword(...args);
      const run = meanwhile;
      meanwhile = async () => {};
      await run();
      return isRight;
    },
  };
});

const NEW = "a new long password";

async function resetByMail({ id, email }: Account): Promise<number> {
  await call(forgot, { body: { email } });
  const token = await newestLinkToken(id, "reset_password");
  return (await call(reset, { body: { token, password: NEW } })).status;
}

const change = async ({ token }: Account) =>
  (await call(changePassword, { token, body: { currentPassword: TEST_PASSWORD, newPassword: NEW } })).status;

it.each([
  ["reset by a mailed link", resetByMail],
  ["changed", change],
])("a sign-in with a password that is concurrently %s leaves no session behind", async (_, replace) => {
  const account = await createAccount();
  const replaced: number[] = [];
  meanwhile = async () => {
    replaced.push(await replace(account));
  };
  const answer = await call(signIn, { body: { email: account.email, password: TEST_PASSWORD } });
  expect(replaced).toEqual([200]);
  const response = await call(me, { token: answer.body.accessToken ?? "none" });
  expect([answer.status, response.status]).toEqual([401, 401]);
  expect((await call(signIn, { body: { email: account.email, password: NEW } })).status).toBe(200);
});
