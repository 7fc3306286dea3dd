"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useFileSize } from "@/app/_ui/use-file-size";
import type { Sending } from "./upload-slot";

const SECONDS_PER_MINUTE = 60;

/** Bytes and remaining time, or why it waits: `12.4 MB of 48 MB · 2 minutes left`. */
export function useSendingText(): (sending: Sending) => string {
  const t = useTranslations("uploads");
  const size = useFileSize();
  return ({ bytes, loaded, remainingSeconds, retryAt, isServerBusy }) => {
    if (retryAt !== null && isServerBusy) return t("serverBusy");
    if (retryAt !== null) return t(loaded > 0 ? "interruptedPart" : "interrupted");
    if (loaded === 0) return t("starting");
    const sent = t("sent", { loaded: size(loaded), total: size(bytes) });
    if (remainingSeconds === null) return sent;
    const left =
      remainingSeconds < SECONDS_PER_MINUTE
        ? t("lessThanMinute")
        : t("minutesLeft", { minutes: Math.round(remainingSeconds / SECONDS_PER_MINUTE) });
    return `${sent} · ${left}`;
  };
}

/** `42 %`, as the language writes it. */
export function usePercent(): (fraction: number) => string {
  const format = useFormatter();
  return (fraction) => format.number(Math.floor(fraction * 100) / 100, { style: "percent" });
}

/** Below 1 until everything is in the store and known to be. */
export function sentFraction({ loaded, bytes }: Sending): number {
  return Math.min(0.99, loaded / Math.max(1, bytes));
}
