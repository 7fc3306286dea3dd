"use server";

import { cookies } from "next/headers";
import { LOCALE_COOKIE, localeSchema } from "@/lib/core/locale";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The language switch. A cookie set by an action makes Next render the page again, with or without scripts. */
export async function setLocale(form: FormData): Promise<void> {
  const wished = localeSchema.safeParse(form.get("locale"));
  if (!wished.success) return;
  const jar = await cookies();
  jar.set(LOCALE_COOKIE, wished.data, { path: "/", maxAge: YEAR_SECONDS, sameSite: "lax" });
}
