"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

/** Skeleton of the first groups. */
export function SearchSkeleton() {
  const t = useTranslations("search");
  return (
    <div role="status" className="@container flex flex-col gap-10">
      <span className="sr-only">{t("searching")}</span>
      <div className="flex flex-wrap gap-2">
        {["w-28", "w-36", "w-24"].map((width) => (
          <Skeleton key={width} className={`h-11 rounded-full ${width}`} />
        ))}
      </div>
      <div className="grid gap-3 @2xl:grid-cols-2 @2xl:gap-x-4">
        {[0, 1, 2, 3, 4, 5].map((row) => (
          <div key={row} className="flex items-center gap-4">
            <Skeleton className="size-16 shrink-0 rounded-xl" />
            <div className="flex grow flex-col gap-2">
              <Skeleton className="h-5 w-3/5" />
              <Skeleton className="h-4 w-2/5" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
