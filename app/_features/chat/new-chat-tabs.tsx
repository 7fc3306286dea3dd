"use client";

import { useTranslations } from "next-intl";
import { type KeyboardEvent, useId, useState } from "react";
import { cn } from "@/app/_ui/cn";
import { GroupForm } from "./group-form";
import { StartDirect } from "./start-direct-chat";

const WAYS = ["direct", "group"] as const;
type Way = (typeof WAYS)[number];

/** A new conversation: with one person, or a group. */
export function ChatStart() {
  const t = useTranslations("chat");
  const [way, setWay] = useState<Way>("direct");
  const id = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const next = way === "direct" ? "group" : "direct";
    setWay(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-way=${next}]`)?.focus();
  };
  return (
    <>
      <div
        role="tablist"
        aria-label={t("startTitle")}
        onKeyDown={onKeyDown}
        className="mb-5 inline-flex gap-1 rounded-full border border-line bg-sunken p-1"
      >
        {WAYS.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`${id}-${each}`}
            data-way={each}
            aria-selected={way === each}
            aria-controls={`${id}-panel`}
            tabIndex={way === each ? 0 : -1}
            onClick={() => setWay(each)}
            className={cn(
              "min-h-10 rounded-full px-5 text-sm font-semibold text-muted transition-colors hover:text-ink",
              way === each && "bg-raised text-ink shadow-[0_0_0_1px_var(--line)]",
            )}
          >
            {t(`ways.${each}`)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${way}`}>
        {way === "direct" ? <StartDirect /> : <GroupForm />}
      </div>
    </>
  );
}
