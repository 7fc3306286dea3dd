"use client";

import { useTranslations } from "next-intl";
import { Mark } from "@/app/_art/brand/mark";

/** Who is typing. Keeps its height, so that nothing jumps. */
export function TypingIndicator({ names }: { names: readonly string[] }) {
  const t = useTranslations("chat");
  const [first = "", second = ""] = names;
  return (
    <p className="flex h-5 items-center gap-1.5 truncate px-4 text-xs text-muted">
      {names.length > 0 ? (
        <>
          <Mark animated className="size-4 shrink-0" />
          <span className="truncate">
            {names.length === 1
              ? t("typing", { name: first })
              : names.length === 2
                ? t("typingTwo", { first, second })
                : t("typingMany", { count: names.length })}
          </span>
        </>
      ) : null}
    </p>
  );
}
