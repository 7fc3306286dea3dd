"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

export function OrdersSkeleton() {
  const t = useTranslations("orders");
  return (
    <div role="status" className="mt-8">
      <span className="sr-only">{t("loading")}</span>
      {[0, 1, 2, 3].map((row) => (
        <div
          key={row}
          className="grid grid-cols-[4.5rem_1fr] items-center gap-x-4 py-3 sm:grid-cols-[5.5rem_1fr_8rem] sm:gap-x-6"
        >
          <Skeleton className="aspect-square rounded-xl" />
          <div>
            <Skeleton className="h-5 w-3/5" />
            <Skeleton className="mt-3 h-4 w-2/5" />
          </div>
          <Skeleton className="h-6 w-28 justify-self-end max-sm:hidden" />
        </div>
      ))}
    </div>
  );
}
