import type { Locale } from "../core/locale";
import type { Transaction } from "../db";
import { localeSchema } from "../schemas/locale";
import { backgroundTaskService } from "../tasks";
import type { LinkKind } from "./mail-links";

/** Mails about an account, enqueued as tasks in the transaction of the event. Payloads contain no token. */

const TEMPLATES = { confirm_address: "confirm-address", reset_password: "reset-password" } as const;

/** The language of an account's mails. */
export function accountLocale(account: { locale: string | null }, fallback: Locale = "ru"): Locale {
  return localeSchema.catch(fallback).parse(account.locale);
}

/**
 * Mails a link. Without a row of that id the task is the same and ends without a mail, so that the response takes as
 * long.
 * @param linkId  the row's id; the mail's address, name and token are read from the row when the mail is rendered
 */
export async function enqueueLinkMail(
  tx: Transaction,
  kind: LinkKind,
  linkId: string,
  { locale, ownerId }: { locale: Locale; ownerId?: string },
): Promise<void> {
  await backgroundTaskService.sendTemplatedEmail(
    { to: { linkId }, locale, template: TEMPLATES[kind], props: {} },
    { tx, key: `link:${linkId}`, ...(ownerId ? { ownerId } : {}) },
  );
}

/** Security notices about an account (lib/mail/templates/account-notice.tsx has the texts). */
export type AccountNotice =
  | "password_changed"
  | "address_change_asked"
  | "address_changed"
  | "address_taken"
  | "telegram_linked";

interface NoticeOptions {
  notice: AccountNotice;
  /** Deduplicates the mail. */
  key: string;
  /** The address at the time of the event; by default the account's address when the mail is sent. */
  address?: string;
}

/** Mails a security notice to an account. */
export async function enqueueNoticeMail(
  tx: Transaction,
  user: { id: string; name: string; locale: string | null },
  { notice, key, address }: NoticeOptions,
): Promise<void> {
  await backgroundTaskService.sendTemplatedEmail(
    {
      to: address === undefined ? { userId: user.id } : { address },
      locale: accountLocale(user),
      template: "account-notice",
      props: { name: user.name, notice },
    },
    { tx, key: `${notice}:${key}`, ownerId: user.id },
  );
}
