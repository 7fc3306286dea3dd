"use client";

import { useTranslations } from "next-intl";
import { type KeyboardEvent, useId, useState } from "react";
import { cn } from "@/app/_ui/cn";
import { GroupForm } from "./group-form";
import { StartDirectChat } from "./start-direct-chat";

const CHAT_KINDS = ["direct", "group"] as const;
type NewChatKind = (typeof CHAT_KINDS)[number];

/** A new conversation: with one user, or a group. */
export function NewChatTabs() {
  const t = useTranslations("chat");
  const [kind, setKind] = useState<NewChatKind>("direct");
  const id = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const next = kind === "direct" ? "group" : "direct";
    setKind(next);
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
        {CHAT_KINDS.map((option) => (
          <button
            key={option}
            type="button"
            role="tab"
            id={`${id}-${option}`}
            data-way={option}
            aria-selected={kind === option}
            aria-controls={`${id}-panel`}
            tabIndex={kind === option ? 0 : -1}
            onClick={() => setKind(option)}
            className={cn(
              "min-h-10 rounded-full px-5 text-sm font-semibold text-muted transition-colors hover:text-ink",
              kind === option && "bg-raised text-ink shadow-[0_0_0_1px_var(--line)]",
            )}
          >
            {t(`ways.${option}`)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${kind}`}>
        {kind === "direct" ? <StartDirectChat /> : <GroupForm />}
      </div>
    </>
  );
}
