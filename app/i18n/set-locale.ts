"use server";

import { cookies } from "next/headers";
import { changeProfile } from "@/lib/accounts";
import { LOCALE_COOKIE, type Locale } from "@/lib/core/locale";
import { log } from "@/lib/core/log";
import { localeSchema } from "@/lib/schemas/locale";
import { currentUser } from "@/lib/sessions";

const COOKIE_MAX_AGE_SECONDS = 365 * 24 * 60 * 60;

/**
 * Switches the language. Next renders the page again after an action has set a cookie, with or without JavaScript. For
 * a signed-in user it also becomes the language of their mails.
 */
export async function setLocale(form: FormData): Promise<void> {
  const parsed = localeSchema.safeParse(form.get("locale"));
  if (!parsed.success) return;
  const cookieStore = await cookies();
  cookieStore.set(LOCALE_COOKIE, parsed.data, { path: "/", maxAge: COOKIE_MAX_AGE_SECONDS, sameSite: "lax" });
  await saveToAccount(parsed.data);
}

/** Best effort: the page switches the language even when the account cannot be updated. */
async function saveToAccount(locale: Locale): Promise<void> {
  try {
    const viewer = await currentUser();
    if (viewer) await changeProfile({ userId: viewer.id }, { locale });
  } catch (cause) {
    log().warn({ err: cause }, "account locale not saved");
  }
}
