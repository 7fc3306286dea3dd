import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { newId } from "@/lib/core/ids";
import { type SignedIdPurpose, signId } from "@/lib/core/signed-id";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/api";

export const PASSWORD = "correct horse";

export interface Account {
  id: string;
  email: string;
  name: string;
  /** Of the session that sign-up opened. */
  token: string;
}

/** Somebody who signed up, with a password that works. */
export async function newAccount(language = "en"): Promise<Account> {
  const name = `Person ${newId().slice(-6)}`;
  const body = { email: `p-${newId()}@test.example`, password: PASSWORD, name };
  const answer = await call(signUp, { body, headers: { "accept-language": language } });
  if (answer.status !== 201) throw new Error(`sign-up answered ${answer.status}`);
  return { id: answer.body.user.id, email: body.email, name, token: answer.body.accessToken };
}

/** The links of an account, newest first. */
export function linksOf(userId: string, kind: SignedIdPurpose) {
  return db().accountLink.findMany({ where: { userId, kind }, orderBy: { id: "desc" } });
}

/** The token of the newest link, as its mail has it. */
export async function newestToken(userId: string, kind: SignedIdPurpose): Promise<string> {
  const [link] = await linksOf(userId, kind);
  if (!link) throw new Error("no link was made");
  return signId(kind, link.id);
}

/** What the audit log has about somebody, oldest first. */
export async function auditOf(userId: string): Promise<string[]> {
  const rows = await db().auditEntry.findMany({
    where: { subject: `user:${userId}` },
    orderBy: { id: "asc" },
    select: { action: true },
  });
  return rows.map(({ action }) => action);
}
