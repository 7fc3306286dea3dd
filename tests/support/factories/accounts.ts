import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { hashPassword } from "@/lib/accounts";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { type SignedIdPurpose, signId } from "@/lib/core/signed-id";
import { db, type Prisma } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "./people";
import { createSessionToken } from "./sessions";

/** The password of every test user that has one. */
export const TEST_PASSWORD = "seven grey herons";
let passwordHash: Promise<string> | undefined;

export type TestUser = Caller & { email: string };

/** Inserts a user with {@link TEST_PASSWORD} and a confirmed address. The hash is computed once. */
export async function createTestUser(
  role: Caller["role"] = "listener",
  data: Pick<Prisma.UserUpdateInput, "confirmedAt" | "locale"> & { email?: string; name?: string } = {},
): Promise<TestUser> {
  passwordHash ??= hashPassword(TEST_PASSWORD);
  const caller = await createPerson(role);
  const { email, name } = await db().user.update({
    where: { id: caller.userId },
    data: { passwordHash: await passwordHash, confirmedAt: new Date(), ...data },
    select: { email: true, name: true },
  });
  return { ...caller, email, name };
}

export interface Account {
  id: string;
  email: string;
  name: string;
  /** Access token of an open session. */
  token: string;
}

/** A user with an open session, for tests that start from an existing account. */
export async function createAccount(data?: Parameters<typeof createTestUser>[1]): Promise<Account> {
  const user = await createTestUser("listener", { locale: "en", ...data });
  return {
    id: user.userId,
    email: user.email,
    name: user.name,
    token: await createSessionToken(user),
  };
}

/** Signs up a user: the address is unconfirmed, and a confirmation link was mailed. */
export async function signUpAccount(language = "en"): Promise<Account> {
  const name = `Person ${newId().slice(-6)}`;
  const body = { email: `p-${newId()}@test.example`, password: TEST_PASSWORD, name };
  const response = await call(signUp, { body, headers: { "accept-language": language } });
  if (response.status !== 201) throw new Error(`sign-up returned HTTP ${response.status}`);
  return { id: response.body.user.id, email: body.email, name, token: response.body.accessToken };
}

/** The links of an account, newest first. */
export function accountLinks(userId: string, kind: SignedIdPurpose) {
  return db().accountLink.findMany({ where: { userId, kind }, orderBy: { id: "desc" } });
}

/** The token of the newest link, as the mail contains it. */
export async function newestLinkToken(userId: string, kind: SignedIdPurpose): Promise<string> {
  const [link] = await accountLinks(userId, kind);
  if (!link) throw new Error("the account has no link");
  return signId(kind, link.id);
}

/** The actions in the audit log about a user, oldest first. */
export async function auditActions(userId: string): Promise<string[]> {
  const rows = await db().auditEntry.findMany({
    where: { subject: `user:${userId}` },
    orderBy: { id: "asc" },
    select: { action: true },
  });
  return rows.map(({ action }) => action);
}
