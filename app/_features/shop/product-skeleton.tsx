"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

/** Skeleton of a product page without art, because the kind is not known yet. */
export function ProductSkeleton() {
  const t = useTranslations("shop");
  return (
    <div
      role="status"
      className="mt-2 grid gap-6 sm:mt-4 lg:grid-cols-[minmax(0,6fr)_minmax(0,7fr)] lg:gap-12"
    >
      <span className="sr-only">{t("loadingOne")}</span>
      <Skeleton className="aspect-[4/3] rounded-3xl lg:aspect-square" />
      <div className="flex flex-col">
        <Skeleton className="h-4 w-24" />
        <Skeleton className="mt-3 h-12 w-4/5" />
        <Skeleton className="mt-5 h-5 w-44" />
        <div className="mt-6 border-y border-line py-6">
          <Skeleton className="h-11 w-40" />
          <Skeleton className="mt-5 h-13 w-72 rounded-full" />
        </div>
        <Skeleton className="mt-6 h-4 w-full" />
        <Skeleton className="mt-3 h-4 w-3/4" />
      </div>
    </div>
  );
}
