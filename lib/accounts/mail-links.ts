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
const LINK_SECONDS: Readonly<Record<LinkKind, number>> = {
  confirm_address: 24 * 3_600,
  // Whoever gets hold of the mailbox gets the account.
  reset_password: 3_600,
};

/** Mails of one kind that one account can cause: nobody's mailbox is filled by pressing a button. */
export const MOST_IN_AN_HOUR = 5;

/** No account has it: a link for nobody is made by the same statements, and is none. */
const NOBODY = "00000000-0000-7000-8000-000000000000";

export interface Addressee {
  id: string;
  email: string;
}

/** A link in a mail that is never sent: it counts towards the hour and opens nothing. */
interface MakeOptions {
  opensNothing?: boolean;
}

/**
 * Makes a link for an address and voids those of its kind before it. Two statements whether there is an account or
 * not, so that the time to answer does not tell. The account's row must be locked, so that two at once count.
 *
 * @param to  the account, and the address the mail goes to; null for nobody
 * @returns the id, and whether there is such a link: not for nobody, nor when the hour has had enough
 */
export async function makeLink(
  tx: Transaction,
  kind: LinkKind,
  to: Addressee | null,
  { opensNothing = false }: MakeOptions = {},
): Promise<{ id: string; made: boolean }> {
  const id = newId();
  const userId = to?.id ?? NOBODY;
  const at = new Date(now());
  const expiresAt = new Date(now() + (opensNothing ? 0 : LINK_SECONDS[kind] * 1000));
  const made = await tx.$executeRaw`
INSERT INTO "AccountLink" (id, "userId", kind, email, "expiresAt", "createdAt")
SELECT ${id}::uuid, person.id, ${kind}::"AccountLinkKind", ${to?.email ?? ""}, ${expiresAt}, ${at}
FROM "User" person WHERE person.id = ${userId}::uuid
  AND (SELECT count(*) FROM "AccountLink" sent
       WHERE sent."userId" = person.id AND sent.kind = ${kind}::"AccountLinkKind"
         AND sent."createdAt" > ${new Date(now() - 3_600_000)}) < ${MOST_IN_AN_HOUR}`;
  await voidLinks(tx, made === 1 ? userId : NOBODY, { kind, except: id });
  return { id, made: made === 1 };
}

interface Which {
  kind?: LinkKind;
  except?: string;
}

/** What was not opened yet will not be. */
export async function voidLinks(
  tx: Transaction,
  userId: string,
  { kind, except }: Which = {},
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

export interface Link {
  id: string;
  userId: string;
  email: string;
}

/**
 * The link that a token opens, without using it up.
 * @throws {AppError} bad_request, the same for one that is forged, was for something else, used, voided or too late
 */
export async function findLink(kind: LinkKind, token: string): Promise<Link> {
  const id = readSignedId(kind, token);
  const link = id === null ? null : await db().accountLink.findFirst({ where: { id, ...openable(kind) } });
  if (!link) throw invalidLink();
  return link;
}

/**
 * Uses a link up. Of two who do it at once one does.
 * @throws {AppError} bad_request when it is good no more
 */
export async function useLink(tx: Transaction, kind: LinkKind, id: string): Promise<void> {
  const { count } = await tx.accountLink.updateMany({
    where: { id, ...openable(kind) },
    data: { usedAt: new Date(now()) },
  });
  if (count === 0) throw invalidLink();
}

function openable(kind: LinkKind) {
  return { kind, usedAt: null, expiresAt: { gt: new Date(now()) } };
}

export function invalidLink(): AppError {
  return new AppError("bad_request", { message: "link_invalid", field: "token" });
}
