"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

/** Skeleton of the text; cover and colour are rendered already. A client component, to keep its markup out of pages. */
export function PostSkeleton() {
  const t = useTranslations("post");
  return (
    <div role="status" className="flex flex-col">
      <span className="sr-only">{t("loading")}</span>
      <Skeleton className="h-12 w-4/5 sm:h-14" />
      <Skeleton className="mt-3 h-12 w-1/2 sm:h-14" />
      <Skeleton className="mt-5 h-5 w-52" />
      <div className="mt-6 border-y border-line py-6">
        <Skeleton className="h-12 w-44" />
      </div>
      {["w-full", "w-11/12", "w-full", "w-2/3"].map((width, line) => (
        <Skeleton key={`${width}${String(line)}`} className={`mt-4 h-4 max-w-[64ch] ${width}`} />
      ))}
    </div>
  );
}
