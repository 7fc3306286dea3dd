"use client";

import { useTranslations } from "next-intl";
import { Page } from "@/app/_shell/page";
import { Skeleton } from "@/app/_ui/skeleton";

/** Skeleton of a console page: header, numbers and list. */
export function ConsoleSkeleton() {
  const t = useTranslations("console");
  return (
    <Page className="pt-8 sm:pt-12">
      <div role="status">
        <span className="sr-only">{t("loading")}</span>
        <Skeleton className="h-11 w-96 max-w-full rounded-full" />
        <Skeleton className="mt-6 h-14 w-80 max-w-full" />
        <Skeleton className="mt-5 h-5 w-96 max-w-full" />
        <div className="mt-10 grid grid-cols-2 gap-3 lg:grid-cols-4">
          {[0, 1, 2, 3].map((gauge) => (
            <Skeleton key={gauge} className="h-32 rounded-2xl" />
          ))}
        </div>
        <Skeleton className="mt-12 h-80 rounded-2xl" />
      </div>
    </Page>
  );
}
