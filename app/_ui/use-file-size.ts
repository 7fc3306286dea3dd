"use client";

import { useFormatter, useTranslations } from "next-intl";

const BYTES_PER_KILOBYTE = 1_000;

/** Formats a size in the user's locale: `1.2 MB`. */
export function useFileSize(): (bytes: number) => string {
  const t = useTranslations("fileSize");
  const format = useFormatter();
  return (bytes) =>
    bytes < BYTES_PER_KILOBYTE * BYTES_PER_KILOBYTE
      ? t("kilobytes", { size: Math.max(1, Math.round(bytes / BYTES_PER_KILOBYTE)) })
      : t("megabytes", {
          size: format.number(bytes / BYTES_PER_KILOBYTE / BYTES_PER_KILOBYTE, { maximumFractionDigits: 1 }),
        });
}
