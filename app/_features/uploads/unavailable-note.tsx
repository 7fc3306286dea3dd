"use client";

import { useTranslations } from "next-intl";

/** Stands in the place of the dropzones where this deployment takes no sound. */
export function UnavailableNote() {
  const t = useTranslations("uploads");
  return (
    <p
      data-testid="sound-unavailable"
      className="mb-3 rounded-3xl border border-line bg-sunken px-6 py-5 text-muted"
    >
      {t("unavailable")}
    </p>
  );
}
