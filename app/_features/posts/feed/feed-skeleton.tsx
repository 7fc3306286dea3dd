"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

/** Skeleton of the first screen. A client component, so that its markup is not repeated in every page. */
export function FeedSkeleton() {
  const t = useTranslations("postList");
  return (
    <div role="status" className="@container">
      <span className="sr-only">{t("loading")}</span>
      <div className="grid grid-cols-2 gap-x-4 @2xl:gap-x-6">
        <div className="col-span-2 grid overflow-hidden rounded-3xl bg-ink/5 @2xl:grid-cols-[9fr_13fr]">
          <Skeleton className="aspect-[5/4] rounded-none @2xl:aspect-auto @2xl:min-h-88" />
          <div className="flex flex-col gap-4 p-5 @2xl:p-8">
            <Skeleton className="h-4 w-40" />
            <Skeleton className="h-9 w-4/5" />
            <Skeleton className="h-9 w-3/5" />
            <Skeleton className="mt-2 h-4 w-full" />
            <Skeleton className="h-4 w-2/3" />
          </div>
        </div>
        {[0, 1, 2].map((row) => (
          <div
            key={row}
            className="col-span-2 grid grid-cols-[5.75rem_1fr] gap-x-4 py-3 @2xl:grid-cols-[8rem_1fr]"
          >
            <Skeleton className="aspect-square rounded-xl" />
            <div className="flex flex-col justify-center gap-3">
              <Skeleton className="h-4 w-36" />
              <Skeleton className="h-6 w-3/5" />
              <Skeleton className="h-4 w-2/5" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
