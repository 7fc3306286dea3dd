"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";

const WIDTHS = ["w-3/5", "w-2/5", "w-1/2", "w-2/3", "w-2/5", "w-3/5"];

export function ChatListSkeleton() {
  const t = useTranslations("chat");
  return (
    <div role="status">
      <span className="sr-only">{t("loadingList")}</span>
      {WIDTHS.map((width, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a skeleton never change their order
        <div key={row} className="grid grid-cols-[3rem_1fr] items-center gap-x-3 px-2.5 py-2">
          <Skeleton className="size-12 rounded-full" />
          <div className="flex flex-col gap-2">
            <Skeleton className={`h-4 ${width}`} />
            <Skeleton className="h-3.5 w-4/5" />
          </div>
        </div>
      ))}
    </div>
  );
}

export function ConversationSkeleton() {
  const t = useTranslations("chat");
  return (
    <div role="status" data-conversation data-chat-screen className="flex h-full flex-col">
      <span className="sr-only">{t("loadingMessages")}</span>
      <div className="flex items-center gap-3 border-b border-line px-4 py-3">
        <Skeleton className="size-11 rounded-full" />
        <div className="flex grow flex-col gap-2">
          <Skeleton className="h-4.5 w-44" />
          <Skeleton className="h-3.5 w-24" />
        </div>
      </div>
      <div className="mx-auto flex w-full max-w-3xl grow flex-col justify-end gap-3 p-4">
        {WIDTHS.map((width, row) => (
          <Skeleton
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            key={row}
            className={`h-11 rounded-2xl ${width} ${row % 3 === 2 ? "self-end" : ""}`}
          />
        ))}
      </div>
      <div className="mx-auto w-full max-w-3xl p-4">
        <Skeleton className="h-13 w-full rounded-3xl" />
      </div>
    </div>
  );
}
