"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { cn } from "@/app/_ui/cn";
import { useMessageContext } from "./message-context";
import type { ChatMessage } from "./store/chat-api";

/** The reactions to a message; a click adds or removes the viewer's own. */
export function Reactions({ message, tabIndex }: { message: ChatMessage; tabIndex: number }) {
  const t = useTranslations("chat");
  const { viewerId, react } = useMessageContext();
  // A click is shown immediately; the response, or its failure, replaces it.
  const [optimistic, setOptimistic] = useState<ReadonlyMap<string, boolean>>(new Map());
  if (message.reactions.length === 0) return null;
  const toggle = async (emoji: string, on: boolean) => {
    setOptimistic((before) => new Map(before).set(emoji, on));
    await react(message, emoji, on);
    setOptimistic((before) => {
      const after = new Map(before);
      after.delete(emoji);
      return after;
    });
  };
  return (
    <ul className="mt-1 flex flex-wrap gap-1">
      {message.reactions.map(({ emoji, userIds }) => {
        const hasReacted = userIds.includes(viewerId);
        const on = optimistic.get(emoji) ?? hasReacted;
        const count = userIds.length + Number(on) - Number(hasReacted);
        if (count === 0) return null;
        return (
          <li key={emoji}>
            <button
              type="button"
              tabIndex={tabIndex}
              aria-pressed={on}
              aria-label={t("reaction", { emoji, count })}
              onClick={() => void toggle(emoji, !on)}
              className={cn(
                "tabular inline-flex h-7 items-center gap-1.5 rounded-full border px-2 text-xs font-semibold transition-colors",
                on
                  ? "border-tint-text bg-tint-strong text-tint-text"
                  : "border-line bg-raised text-muted hover:border-line-strong",
              )}
            >
              <span className="text-sm" aria-hidden="true">
                {emoji}
              </span>
              {count}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
