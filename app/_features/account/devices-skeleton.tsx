"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

export function DevicesSkeleton() {
  const t = useTranslations("devices");
  return (
    <div role="status">
      <span className="sr-only">{t("loading")}</span>
      <Skeleton className="h-64 rounded-3xl sm:h-44" />
      <Skeleton className="mt-12 h-8 w-56" />
      <div className="mt-6 flex flex-col">
        {[0, 1, 2].map((row) => (
          <div key={row} className="grid grid-cols-[3.5rem_1fr] items-center gap-x-6 py-4">
            <Skeleton className="size-14 rounded-2xl" />
            <div className="flex flex-col gap-2">
              <Skeleton className="h-5 w-56 max-w-full" />
              <Skeleton className="h-4 w-40 max-w-full" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
