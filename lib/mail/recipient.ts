import { now } from "../core/clock";
import { signId } from "../core/signed-id";
import { db } from "../db";
import type { Payload } from "../tasks";

/** To whom a mail goes, and what is known of it only when it goes out. */
export interface MailRecipient {
  address: string;
  /** Of the template, besides those of the task. */
  props: Readonly<Record<string, string | number>>;
}

/** @returns null when nobody is left to write to: the account is gone, or the link is good no more */
export async function resolveRecipient(to: Payload<"emails">["to"]): Promise<MailRecipient | null> {
  if ("address" in to) return { address: to.address, props: {} };
  if ("linkId" in to) return resolveLinkRecipient(to.linkId);
  const account = await db().user.findUnique({ where: { id: to.userId }, select: { email: true } });
  return account && { address: account.email, props: {} };
}

/** The token is made here and is in the mail alone. */
async function resolveLinkRecipient(id: string): Promise<MailRecipient | null> {
  const link = await db().accountLink.findUnique({
    where: { id },
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
