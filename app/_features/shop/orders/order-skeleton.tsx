"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

export function OrderSkeleton() {
  const t = useTranslations("orders");
  return (
    <div
      role="status"
      className="mt-2 grid gap-6 sm:mt-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] lg:gap-12"
    >
      <span className="sr-only">{t("loadingOne")}</span>
      <Skeleton className="aspect-[2/1] rounded-3xl lg:aspect-square" />
      <div className="flex flex-col">
        <Skeleton className="h-4 w-28" />
        <Skeleton className="mt-3 h-12 w-3/4" />
        <Skeleton className="mt-5 h-5 w-full max-w-md" />
        {[0, 1, 2, 3].map((step) => (
          <div key={step} className="mt-6 flex items-center gap-3 first-of-type:mt-10">
            <Skeleton className="size-8 rounded-full" />
            <Skeleton className="h-5 w-48" />
          </div>
        ))}
      </div>
    </div>
  );
}
