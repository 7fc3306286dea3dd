"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

export function BoardSkeleton() {
  const t = useTranslations("leaderboards");
  return (
    <div role="status">
      <span className="sr-only">{t("loading")}</span>
      <Skeleton className="h-12 w-full rounded-full sm:w-84" />
      <Skeleton className="mt-5 h-5 w-64" />
      <div className="mt-8 grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-5">
        <Skeleton className="h-72 rounded-3xl max-sm:col-span-2 sm:mt-14 sm:h-100" />
        <Skeleton className="h-64 rounded-3xl sm:h-110" />
        <Skeleton className="h-64 rounded-3xl sm:mt-24 sm:h-92" />
      </div>
      <div className="mt-10 flex flex-col gap-3">
        {[0, 1, 2, 3].map((row) => (
          <Skeleton key={row} className="h-14 rounded-2xl" />
        ))}
      </div>
    </div>
  );
}
