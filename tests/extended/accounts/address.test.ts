import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as confirm } from "@/app/api/auth/confirm-email/route";
import { POST as forgot } from "@/app/api/auth/forgot-password/route";
import { POST as reset } from "@/app/api/auth/reset-password/route";
import { POST as changeAddress } from "@/app/api/me/email/route";
import { GET as me } from "@/app/api/me/route";
import { db } from "@/lib/db";
import type { MailCatcher } from "@/local/smtp";
import { call } from "@/tests/support/clients/call";
import { extractLinkToken, waitForMailText } from "@/tests/support/clients/mailbox";
import {
  type Account,
  auditActions,
  createTestUser,
  signUpAccount,
} from "@/tests/support/factories/accounts";
import { serveAppWithMail } from "@/tests/support/processes/app-with-mail";

let app: Awaited<ReturnType<typeof serveAppWithMail>>;
let catcher: MailCatcher;

beforeAll(async () => {
  app = await serveAppWithMail();
  catcher = app.catcher;
});
afterAll(() => app.close());

const open = (token: string) => call(confirm, { body: { token } });
const accountRow = (id: string) => db().user.findUniqueOrThrow({ where: { id } });
const move = ({ token }: Account, email: string) =>
  call(changeAddress, { token, body: { email }, headers: { "accept-language": "en" } });

describe("mails with links", () => {
  it("a sign-up mails a confirmation link in the visitor's language, which confirms the address", async () => {
    const account = await signUpAccount("ru");
    const text = await waitForMailText(catcher, account.email, /Подтвердите адрес/);
    expect(text).toContain(account.name);
    expect((await accountRow(account.id)).locale).toBe("ru");
    const response = await open(extractLinkToken(text, "/confirm-email"));
    expect(response).toMatchObject({ status: 200, body: { outcome: "confirmed" } });
    expect((await call(me, { token: account.token })).body.user).toMatchObject({ confirmed: true });
    expect(await auditActions(account.id)).toContain("address_confirmed");
  });

  it("a forgotten password mails a reset link in the account's language", async () => {
    const account = await signUpAccount("en");
    await call(forgot, { body: { email: account.email }, headers: { "accept-language": "ru" } });
    const text = await waitForMailText(catcher, account.email, /^A new password/);
    const token = extractLinkToken(text, "/reset-password");
    const response = await call(reset, { body: { token, password: "a new long password" } });
    expect(response.status).toBe(200);
    await waitForMailText(catcher, account.email, /password was changed/);
  });
});

describe("POST /api/me/email", () => {
  it("mails at most five times an hour, including for taken addresses", async () => {
    const [account, owner] = [await signUpAccount(), await createTestUser()];
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) statuses.push((await move(account, owner.email)).status);
    // The sign-up mail was the first of the five.
    expect(statuses).toEqual([202, 202, 202, 202, 429]);
  });
});
