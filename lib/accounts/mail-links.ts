import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { readSignedId, type SignedIdPurpose } from "../core/signed-id";
import { db, type Transaction } from "../db";

/**
 * Links sent by mail (`AccountLink`). The token in one is its row's id, signed, and is made when the mail is
 * rendered (lib/mail): whoever reads the database or a task cannot open anything. Of one kind the newest alone is
 * good, and it once.
 */

export type LinkKind = SignedIdPurpose;

/** How long a link is good. */
const LINK_TTL_SECONDS: Readonly<Record<LinkKind, number>> = {
  confirm_address: 24 * 3_600,
  // Whoever gets hold of the mailbox gets the account.
  reset_password: 3_600,
};

/** Mails of one kind that one account can cause: nobody's mailbox is filled by pressing a button. */
export const MAX_LINKS_PER_HOUR = 5;

/** No account has it: a link for nobody is made by the same statements, and is none. */
const NO_USER_ID = "00000000-0000-7000-8000-000000000000";

export interface LinkRecipient {
  id: string;
  email: string;
}

/** A link in a mail that is never sent: it counts towards the hour and opens nothing. */
interface CreateLinkOptions {
  isDecoy?: boolean;
}

/**
 * Makes a link for an address and voids those of its kind before it. Two statements whether there is an account or
 * not, so that the time to answer does not tell. The account's row must be locked, so that two at once count.
 *
 * @param recipient  the account, and the address the mail goes to; null for nobody
 * @returns the id, and whether there is such a link: not for nobody, nor when the hour has had enough
 */
export async function createLink(
  tx: Transaction,
  kind: LinkKind,
  recipient: LinkRecipient | null,
  { isDecoy = false }: CreateLinkOptions = {},
): Promise<{ id: string; created: boolean }> {
  const id = newId();
  const userId = recipient?.id ?? NO_USER_ID;
  const createdAt = new Date(now());
  const expiresAt = new Date(now() + (isDecoy ? 0 : LINK_TTL_SECONDS[kind] * 1000));
  const insertedCount = await tx.$executeRaw`
INSERT INTO "AccountLink" (id, "userId", kind, email, "expiresAt", "createdAt")
SELECT ${id}::uuid, person.id, ${kind}::"AccountLinkKind", ${recipient?.email ?? ""}, ${expiresAt}, ${createdAt}
FROM "User" person WHERE person.id = ${userId}::uuid
  AND (SELECT count(*) FROM "AccountLink" sent
       WHERE sent."userId" = person.id AND sent.kind = ${kind}::"AccountLinkKind"
         AND sent."createdAt" > ${new Date(now() - 3_600_000)}) < ${MAX_LINKS_PER_HOUR}`;
  await revokeLinks(tx, insertedCount === 1 ? userId : NO_USER_ID, { kind, except: id });
  return { id, created: insertedCount === 1 };
}

interface LinkSelection {
  kind?: LinkKind;
  except?: string;
}

/** What was not opened yet will not be. */
export async function revokeLinks(
  tx: Transaction,
  userId: string,
  { kind, except }: LinkSelection = {},
): Promise<void> {
  const at = new Date(now());
  await tx.accountLink.updateMany({
    where: {
      userId,
      ...(kind ? { kind } : {}),
      ...(except ? { id: { not: except } } : {}),
      usedAt: null,
      expiresAt: { gt: at },
    },
    data: { expiresAt: at },
  });
}

export interface MailLink {
  id: string;
  userId: string;
  email: string;
}

/**
 * The link that a token opens, without using it up.
 * @throws {AppError} bad_request, the same for one that is forged, was for something else, used, voided or too late
 */
export async function findLink(kind: LinkKind, token: string): Promise<MailLink> {
  const id = readSignedId(kind, token);
  const link =
    id === null ? null : await db().accountLink.findFirst({ where: { id, ...consumableWhere(kind) } });
  if (!link) throw invalidLinkError();
  return link;
}

/**
 * Uses a link up. Of two who do it at once one does.
 * @throws {AppError} bad_request when it is good no more
 */
export async function consumeLink(tx: Transaction, kind: LinkKind, id: string): Promise<void> {
  const { count } = await tx.accountLink.updateMany({
    where: { id, ...consumableWhere(kind) },
    data: { usedAt: new Date(now()) },
  });
  if (count === 0) throw invalidLinkError();
}

function consumableWhere(kind: LinkKind) {
  return { kind, usedAt: null, expiresAt: { gt: new Date(now()) } };
}

export function invalidLinkError(): AppError {
  return new AppError("bad_request", { message: "link_invalid", field: "token" });
}
