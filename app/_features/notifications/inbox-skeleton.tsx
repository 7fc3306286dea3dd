"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

export function InboxSkeleton() {
  const t = useTranslations("notifications");
  return (
    <div role="status" className="mx-auto max-w-3xl">
      <span className="sr-only">{t("loading")}</span>
      <Skeleton className="h-12 w-80 max-w-full sm:h-16" />
      <div className="mt-4 flex min-h-11 items-center justify-between">
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-11 w-56 rounded-full max-sm:w-36" />
      </div>
      <div className="mt-5 flex flex-col gap-1.5">
        {[0, 1, 2, 3, 4].map((row) => (
          <div key={row} className="grid grid-cols-[3.5rem_1fr] items-center gap-x-5 py-3">
            <Skeleton className="size-14 rounded-xl" />
            <div className="flex flex-col gap-2">
              <Skeleton className="h-5 w-3/5" />
              <Skeleton className="h-4 w-2/5" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
