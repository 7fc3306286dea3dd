"use server";

import { cookies } from "next/headers";
import { changeProfile } from "@/lib/accounts";
import { LOCALE_COOKIE, type Locale, localeSchema } from "@/lib/core/locale";
import { log } from "@/lib/core/log";
import { currentUser } from "@/lib/sessions";

const COOKIE_MAX_AGE_SECONDS = 365 * 24 * 60 * 60;

/**
 * The language switch. A cookie set by an action makes Next render the page again, with or without scripts. Mails to
 * somebody who is signed in are in that language from then on.
 */
export async function setLocale(form: FormData): Promise<void> {
  const parsed = localeSchema.safeParse(form.get("locale"));
  if (!parsed.success) return;
  const cookieStore = await cookies();
  cookieStore.set(LOCALE_COOKIE, parsed.data, { path: "/", maxAge: COOKIE_MAX_AGE_SECONDS, sameSite: "lax" });
  await saveToAccount(parsed.data);
}

/** The page speaks the language even where the account cannot be told of it. */
async function saveToAccount(locale: Locale): Promise<void> {
  try {
    const viewer = await currentUser();
    if (viewer) await changeProfile({ userId: viewer.id }, { locale });
  } catch (cause) {
    log().warn({ err: cause }, "the language was not kept for the account's mails");
  }
}
