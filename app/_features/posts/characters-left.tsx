"use client";

import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";

/** Share of the limit from which the counter is shown. */
const VISIBLE_FROM_RATIO = 0.8;

export function CharactersLeft({ used, limit }: { used: number; limit: number }) {
  const t = useTranslations("form");
  if (used < limit * VISIBLE_FROM_RATIO) return null;
  const left = limit - used;
  return (
    <p className={cn("tabular shrink-0", left < 0 ? "text-danger" : "text-faint")}>
      {left < 0 ? t("over", { count: -left }) : t("left", { count: left })}
    </p>
  );
}
