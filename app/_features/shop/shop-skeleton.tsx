"use client";

import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Skeleton } from "@/app/_ui/skeleton";

/** Skeleton of the product grid. */
export function ShopSkeleton() {
  const t = useTranslations("shop");
  return (
    <div role="status" className="@container">
      <span className="sr-only">{t("loading")}</span>
      <div className="grid grid-cols-2 gap-x-4 gap-y-9 @3xl:grid-cols-3 @3xl:gap-x-6 @3xl:gap-y-12">
        {[0, 1, 2, 3, 4].map((index) => (
          <div key={index} className={cn("flex flex-col", index === 0 && "col-span-2")}>
            <Skeleton
              className={cn(
                "grow rounded-3xl",
                index === 0 ? "aspect-[3/2] @3xl:aspect-auto" : "aspect-square",
              )}
            />
            <Skeleton className="mt-4 h-3 w-16" />
            <Skeleton className="mt-2 h-5 w-4/5" />
            <Skeleton className="mt-2 h-4 w-2/5" />
            <Skeleton className="mt-3 h-4 w-24" />
          </div>
        ))}
      </div>
    </div>
  );
}
