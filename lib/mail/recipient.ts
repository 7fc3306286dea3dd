import { now } from "../core/clock";
import { signId } from "../core/signed-id";
import { db } from "../db";
import type { Payload } from "../tasks";

/** A mail's recipient, and the props that are known only when it is sent. */
export interface MailRecipient {
  address: string;
  /** Props of the template, besides those of the task. */
  props: Readonly<Record<string, string | number>>;
}

/** @returns null when there is no recipient: the account was deleted, or the link was used or has expired */
export async function resolveRecipient(to: Payload<"emails">["to"]): Promise<MailRecipient | null> {
  if ("address" in to) return { address: to.address, props: {} };
  if ("linkId" in to) return resolveLinkRecipient(to.linkId);
  const account = await db().user.findUnique({
    where: { id: to.userId, deletedAt: null },
    select: { email: true },
  });
  return account && { address: account.email, props: {} };
}

/** The token is created here and exists only in the mail. */
async function resolveLinkRecipient(id: string): Promise<MailRecipient | null> {
  const link = await db().accountLink.findUnique({
    where: { id, user: { deletedAt: null } },
    select: { kind: true, email: true, expiresAt: true, usedAt: true, user: { select: { name: true } } },
  });
  if (!link || link.usedAt) return null;
  const minutesValid = Math.ceil((link.expiresAt.getTime() - now()) / 60_000);
  if (minutesValid <= 0) return null;
  const token = signId(link.kind, id);
  const { name } = link.user;
  const props: MailRecipient["props"] =
    link.kind === "reset_password"
      ? { name, resetLink: `/reset-password?token=${token}`, minutesValid }
      : { name, confirmLink: `/confirm-email?token=${token}`, hoursValid: Math.ceil(minutesValid / 60) };
  return { address: link.email, props };
}
