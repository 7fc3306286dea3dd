import type { Locale } from "../core/locale";
import { localeSchema } from "../core/locale";
import type { Transaction } from "../db";
import { enqueue } from "../tasks";
import type { LinkKind } from "./mail-links";

/** Mails about an account, as tasks in the transaction of what they are about. Payloads carry no token. */

const TEMPLATES = { confirm_address: "confirm-address", reset_password: "reset-password" } as const;

/** The language an account is written to in. */
export function accountLocale(account: { locale: string | null }, fallback: Locale = "ru"): Locale {
  return localeSchema.catch(fallback).parse(account.locale);
}

/**
 * Mails a link. For a link that there is none the task is the same and ends without a mail: making it takes as long.
 * @param linkId  a link's; the mail's address, name and token come from its row when it is rendered
 */
export async function enqueueLinkMail(
  tx: Transaction,
  kind: LinkKind,
  linkId: string,
  { locale, ownerId }: { locale: Locale; ownerId?: string },
): Promise<void> {
  await enqueue(
    tx,
    "emails",
    { to: { linkId }, locale, template: TEMPLATES[kind], props: {} },
    { key: `link:${linkId}`, ...(ownerId ? { ownerId } : {}) },
  );
}

/** What people are told of their account's safety (lib/mail/templates/account-notice.tsx has the words). */
export type AccountNotice = "password_changed" | "address_change_asked" | "address_changed" | "address_taken";

interface NoticeOptions {
  notice: AccountNotice;
  /** Makes it the same mail. */
  key: string;
  /** The one it had when this happened; the account's own of then unless said. */
  address?: string;
}

/** Tells somebody what was done with their account. */
export async function enqueueNoticeMail(
  tx: Transaction,
  person: { id: string; name: string; locale: string | null },
  { notice, key, address }: NoticeOptions,
): Promise<void> {
  await enqueue(
    tx,
    "emails",
    {
      to: address === undefined ? { userId: person.id } : { address },
      locale: accountLocale(person),
      template: "account-notice",
      props: { name: person.name, notice },
    },
    { key: `${notice}:${key}`, ownerId: person.id },
  );
}
