import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as confirm } from "@/app/api/auth/confirm-email/route";
import { POST as forgot } from "@/app/api/auth/forgot-password/route";
import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { POST as becomeArtist } from "@/app/api/me/artist/route";
import { POST as confirmAgain } from "@/app/api/me/confirm-email/route";
import { POST as changeAddress } from "@/app/api/me/email/route";
import { POST as changePassword } from "@/app/api/me/password/route";
import { PATCH as changeMe, DELETE as deleteMe, GET as me } from "@/app/api/me/route";
import { GET as getPost } from "@/app/api/posts/[id]/route";
import { setClock } from "@/lib/core/clock";
import { newId } from "@/lib/core/ids";
import { signId } from "@/lib/core/signed-id";
import { db } from "@/lib/db";
import type { MailCatcher } from "@/local/smtp";
import { call } from "@/tests/support/clients/call";
import { extractLinkToken, listMails, waitForMailText } from "@/tests/support/clients/mailbox";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  type Account,
  accountLinks,
  auditActions,
  createAccount,
  createTestUser,
  newestLinkToken,
  signUpAccount,
  TEST_PASSWORD,
} from "@/tests/support/factories/accounts";
import { createTestPost } from "@/tests/support/factories/people";
import { expirePasswordConfirmation } from "@/tests/support/factories/sessions";
import { serveAppWithMail } from "@/tests/support/processes/app-with-mail";

let app: Awaited<ReturnType<typeof serveAppWithMail>>;
let catcher: MailCatcher;
let aheadMs = 0;
let restoreClock = () => {};

beforeAll(async () => {
  app = await serveAppWithMail();
  catcher = app.catcher;
  restoreClock = setClock({ now: () => Date.now() + aheadMs });
});
afterAll(async () => {
  restoreClock();
  await app.close();
});

/** Waits until every mail of the account is sent or dead. */
const allMailed = (userId: string) =>
  waitUntil("all mails are sent", async () => {
    const waiting = {
      queue: "emails",
      ownerId: userId,
      state: { notIn: ["done" as const, "dead" as const] },
    };
    return (await db().task.count({ where: waiting })) === 0;
  });

const open = (token: string) => call(confirm, { body: { token } });
const accountRow = (id: string) => db().user.findUniqueOrThrow({ where: { id } });
const newEmail = () => `n-${newId()}@test.example`;
const move = ({ token }: Account, email: string) =>
  call(changeAddress, { token, body: { email }, headers: { "accept-language": "en" } });

const invalidLink = { status: 400, body: { error: { details: [{ path: "token" }] } } };

describe("mails with links", () => {
  it("an unknown address gets no mail", async () => {
    const email = newEmail();
    // Ids are ordered by time; tasks of other files may never run.
    const before = newId();
    await call(forgot, { body: { email } });
    const account = await signUpAccount();
    await waitForMailText(catcher, account.email, /Confirm your address/);
    await waitUntil("these mails are sent", async () => {
      const states = ["pending", "published", "running"] as const;
      const unfinished = { queue: "emails", id: { gt: before }, state: { in: [...states] } };
      return (await db().task.count({ where: unfinished })) === 0;
    });
    expect(await listMails(catcher, email)).toEqual([]);
  });

  it("sign-ups and deletions in turn send an address five mails an hour, and later sign-ups succeed without one", async () => {
    const email = newEmail();
    const mailed = [];
    for (let round = 0; round < 7; round += 1) {
      const signedUp = await call(signUp, { body: { email, password: TEST_PASSWORD, name: "Again" } });
      expect(signedUp.status).toBe(201);
      const { user, accessToken: token } = signedUp.body;
      mailed.push((await accountLinks(user.id, "confirm_address")).length);
      const body = { password: TEST_PASSWORD };
      if (round < 6) expect((await call(deleteMe, { method: "DELETE", token, body })).status).toBe(200);
      // Nor can another account be used to send more.
      else expect(await move(await createAccount(), email)).toMatchObject({ status: 429 });
    }
    expect(mailed).toEqual([1, 1, 1, 1, 1, 0, 0]);
    // The deletion of an unconfirmed account is not mailed either.
    const deletions = await db().task.findMany({
      where: { queue: "emails", key: { startsWith: "account-deleted:" } },
    });
    expect(JSON.stringify(deletions)).not.toContain(email);
  });
});

describe("POST /api/auth/confirm-email", () => {
  it("a link works once, within a day", async () => {
    const account = await signUpAccount();
    const token = await newestLinkToken(account.id, "confirm_address");
    aheadMs = 24 * 3_600_000;
    expect(await open(token)).toMatchObject(invalidLink);
    aheadMs = 0;
    expect((await open(token)).status).toBe(200);
    expect(await open(token)).toMatchObject(invalidLink);
  });

  it("of two concurrent uses of a link one wins", async () => {
    const account = await signUpAccount();
    const token = await newestLinkToken(account.id, "confirm_address");
    const responses = await Promise.all([open(token), open(token)]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it("rejects a forged link and one of another purpose", async () => {
    const account = await createAccount({ confirmedAt: null });
    await call(forgot, { body: { email: account.email } });
    const [resetLink] = await accountLinks(account.id, "reset_password");
    const id = resetLink?.id ?? "";
    const bad = [signId("reset_password", id), signId("confirm_address", id), `${"A".repeat(64)}`, id];
    for (const token of bad) expect(await open(token)).toMatchObject(invalidLink);
    expect((await accountRow(account.id)).confirmedAt).toBeNull();
  });
});

describe("POST /api/me/confirm-email", () => {
  const resend = ({ token }: Account) => call(confirmAgain, { token, method: "POST" });

  it("mails a new link and invalidates the previous one", async () => {
    const account = await signUpAccount();
    const first = await newestLinkToken(account.id, "confirm_address");
    expect((await resend(account)).status).toBe(202);
    expect(await open(first)).toMatchObject(invalidLink);
    expect((await open(await newestLinkToken(account.id, "confirm_address"))).status).toBe(200);
  });

  it("rejects a confirmed address, and more than five mails an hour", async () => {
    const account = await signUpAccount();
    for (let mails = 1; mails < 5; mails += 1) expect((await resend(account)).status).toBe(202);
    expect((await resend(account)).status).toBe(429);
    await open(await newestLinkToken(account.id, "confirm_address"));
    expect((await resend(account)).status).toBe(409);
  });
});

describe("POST /api/me/email", () => {
  it("changes the address when the link is opened, and notifies the previous address", async () => {
    const account = await createAccount({ confirmedAt: null });
    const email = newEmail();
    expect((await move(account, email.toUpperCase())).status).toBe(202);
    expect((await accountRow(account.id)).email).toBe(account.email);
    await waitForMailText(catcher, account.email, /changing your account's email address/);
    const text = await waitForMailText(catcher, email, /Confirm your address/);
    expect(await open(extractLinkToken(text, "/confirm-email"))).toMatchObject({
      body: { outcome: "changed" },
    });
    const row = await accountRow(account.id);
    expect([row.email, row.confirmedAt !== null]).toEqual([email, true]);
    await waitForMailText(catcher, account.email, /address was changed/);
    expect((await call(me, { token: account.token })).body.user.email).toBe(email);
    expect(await auditActions(account.id)).toEqual(
      expect.arrayContaining(["address_change_asked", "address_changed"]),
    );
  });

  it("does not reveal that an address is taken, and notifies its owner", async () => {
    const [account, owner] = [await createAccount(), await signUpAccount()];
    const email = newEmail();
    const free = await move(account, email);
    const taken = await move(account, owner.email);
    expect([taken.status, taken.body]).toEqual([free.status, free.body]);
    await waitForMailText(catcher, owner.email, /for another account/);
    await Promise.all([allMailed(account.id), allMailed(owner.id)]);
    // The current address gets the same mail in both cases.
    const mails = (await listMails(catcher, account.email)).filter(({ subject }) =>
      /changing your/.test(subject),
    );
    expect(mails).toHaveLength(2);
    const [link] = await accountLinks(account.id, "confirm_address");
    expect(await open(signId("confirm_address", link?.id ?? ""))).toMatchObject(invalidLink);
    expect((await accountRow(owner.id)).email).toBe(owner.email);
    expect(
      (await listMails(catcher, owner.email)).some(({ subject }) => /Confirm your address/.test(subject)),
    ).toBe(true);
  });

  it("an address that was taken meanwhile stays with its owner", async () => {
    const account = await createAccount();
    const email = newEmail();
    await move(account, email);
    const token = await newestLinkToken(account.id, "confirm_address");
    const other = await createTestUser();
    await db().user.update({ where: { id: other.userId }, data: { email } });
    expect((await open(token)).status).toBe(409);
    expect((await accountRow(account.id)).email).toBe(account.email);
  });

  it("a change of password invalidates the link", async () => {
    const account = await createAccount();
    await move(account, newEmail());
    const token = await newestLinkToken(account.id, "confirm_address");
    const body = { currentPassword: TEST_PASSWORD, newPassword: "a third long one" };
    expect((await call(changePassword, { token: account.token, body })).status).toBe(200);
    expect(await open(token)).toMatchObject(invalidLink);
  });

  it("requires a recent password confirmation, and another address than the current one", async () => {
    const account = await signUpAccount();
    expect((await move(account, account.email)).status).toBe(400);
    const { id } = await db().session.findFirstOrThrow({ where: { userId: account.id } });
    await expirePasswordConfirmation(id);
    expect(await move(account, newEmail())).toMatchObject({
      status: 403,
      body: { error: { code: "fresh_sign_in_required" } },
    });
    expect(await accountLinks(account.id, "confirm_address")).toHaveLength(1);
  });
});

describe("PATCH /api/me", () => {
  const patch = ({ token }: Account, body: object) => call(changeMe, { token, method: "PATCH", body });

  it("changes name and language; posts and this session show the name immediately", async () => {
    const account = await createAccount();
    const { seq } = await accountRow(account.id);
    const postId = await createTestPost({ userId: account.id, seq, role: "listener", name: account.name });
    const shownName = async () => (await call(getPost, { params: { id: postId } })).body.post.authorName;
    expect(await shownName()).toBe(account.name);
    const response = await patch(account, { name: "  Мира  ", locale: "ru" });
    expect(response).toMatchObject({ status: 200, body: { user: { name: "Мира", locale: "ru" } } });
    expect(await shownName()).toBe("Мира");
    expect((await call(me, { token: account.token })).body.user.name).toBe("Мира");
    expect(await auditActions(account.id)).toContain("name_changed");
  });

  it.each([
    ["a role", { role: "admin" }],
    ["an address", { email: "x@test.example" }],
    ["a confirmation", { confirmed: true }],
    ["a password", { passwordHash: "x" }],
    ["an empty name", { name: "\u200b" }],
    ["an unknown language", { locale: "de" }],
  ])("does not change %s", async (_, body) => {
    const account = await createAccount({ confirmedAt: null });
    const before = await accountRow(account.id);
    expect((await patch(account, body)).status).toBe(400);
    expect(await accountRow(account.id)).toEqual(before);
  });
});

describe("POST /api/me/artist", () => {
  const requestArtist = ({ token }: Account) => call(becomeArtist, { token, method: "POST" });

  it("requires a confirmed address, then makes a listener an artist in the same session", async () => {
    const account = await signUpAccount();
    expect((await requestArtist(account)).status).toBe(403);
    expect((await accountRow(account.id)).role).toBe("listener");
    await open(await newestLinkToken(account.id, "confirm_address"));
    expect(await requestArtist(account)).toMatchObject({ status: 200, body: { user: { role: "artist" } } });
    expect(await requestArtist(account)).toMatchObject({ status: 200, body: { user: { role: "artist" } } });
    expect((await call(me, { token: account.token })).body.user.role).toBe("artist");
    expect((await auditActions(account.id)).filter((action) => action === "role_changed")).toHaveLength(1);
  });

  it("does not demote an administrator", async () => {
    const account = await createAccount();
    await db().user.update({ where: { id: account.id }, data: { role: "admin", confirmedAt: new Date() } });
    expect((await requestArtist(account)).status).toBe(409);
    expect((await accountRow(account.id)).role).toBe("admin");
  });
});
