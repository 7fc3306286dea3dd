import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { readSignedId, type SignedIdPurpose } from "../core/signed-id";
import { db, type Transaction } from "../db";

/**
 * Links sent by mail (`AccountLink`). Its token is the row's id, signed, and is created when the mail is rendered
 * (lib/mail): the database and the tasks contain no usable token. Only the newest link of a kind is valid, and only
 * once.
 */

export type LinkKind = SignedIdPurpose;

/** How long a link is valid. */
const LINK_TTL_SECONDS: Readonly<Record<LinkKind, number>> = {
  confirm_address: 24 * 3_600,
  // Short: a reset link gives access to the account.
  reset_password: 3_600,
};

/** Mails of one kind per account and hour, so that a mailbox cannot be flooded. */
export const MAX_LINKS_PER_HOUR = 5;

/** The id of no account: for an unknown recipient the same statements run with it, and change nothing. */
const NO_USER_ID = "00000000-0000-7000-8000-000000000000";

export interface LinkRecipient {
  id: string;
  email: string;
}

interface CreateLinkOptions {
  /** Creates a link that counts towards the hourly limit, but has expired already. */
  isDecoy?: boolean;
}

/**
 * Creates a link for an address and voids the previous ones of its kind. Two statements whether the account exists or
 * not, so that the response time does not reveal it. The account's row must be locked, so that concurrent calls are
 * counted.
 *
 * @param recipient  the account, and the address of the mail; null when there is no account
 * @returns the id, and whether the link was created: not without an account, nor beyond the hourly limit
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
SELECT ${id}::uuid, u.id, ${kind}::"AccountLinkKind", ${recipient?.email ?? ""}, ${expiresAt}, ${createdAt}
FROM "User" u WHERE u.id = ${userId}::uuid AND u."deletedAt" IS NULL
  AND (SELECT count(*) FROM "AccountLink" sent
       WHERE sent."userId" = u.id AND sent.kind = ${kind}::"AccountLinkKind"
         AND sent."createdAt" > ${new Date(now() - 3_600_000)}) < ${MAX_LINKS_PER_HOUR}`;
  await revokeLinks(tx, insertedCount === 1 ? userId : NO_USER_ID, { kind, except: id });
  return { id, created: insertedCount === 1 };
}

interface LinkSelection {
  kind?: LinkKind;
  except?: string;
}

/** Voids the user's unused links, by default of all kinds. */
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
 * Finds the link of a token without using it.
 * @throws {AppError} bad_request, the same for a token that is forged, of another kind, used, voided or expired, and for
 *         an account whose deletion was requested
 */
export async function findLink(kind: LinkKind, token: string): Promise<MailLink> {
  const id = readSignedId(kind, token);
  const link =
    id === null
      ? null
      : await db().accountLink.findFirst({
          where: { id, ...consumableWhere(kind), user: { deletedAt: null } },
        });
  if (!link) throw invalidLinkError();
  return link;
}

/**
 * Uses a link. Of concurrent calls exactly one succeeds.
 * @throws {AppError} bad_request when it is no longer valid
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
