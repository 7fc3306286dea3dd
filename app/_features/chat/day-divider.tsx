"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useBrowserTimeZone } from "./use-browser-time-zone";

const DAY_MS = 86_400_000;

/** Divider before the first message of a day. */
export function DayDivider({ at }: { at: string }) {
  const t = useTranslations("chat");
  const format = useFormatter();
  const timeZone = useBrowserTimeZone();
  const date = new Date(at);
  const dateKey = (value: Date) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(value);
  const now = new Date();
  const yesterday = new Date(now.getTime() - DAY_MS);
  const label =
    dateKey(date) === dateKey(now)
      ? t("today")
      : dateKey(date) === dateKey(yesterday)
        ? t("yesterday")
        : format.dateTime(date, {
            day: "numeric",
            month: "long",
            ...(dateKey(date).slice(0, 4) === dateKey(now).slice(0, 4) ? {} : { year: "numeric" }),
            timeZone,
          });
  return (
    <li className="my-3 flex justify-center">
      {/* The browser's date may differ from the server's. */}
      <span
        suppressHydrationWarning
        className="rounded-full bg-ground/60 px-3 py-1 text-xs font-semibold text-muted ring-1 ring-line"
      >
        {label}
      </span>
    </li>
  );
}
