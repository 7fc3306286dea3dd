"use client";

import { Pin } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useIsCollapsed } from "./message-context";
import { messageExcerpt } from "./message-excerpt";
import type { ChatMessage } from "./store/chat-api";

interface Props {
  pinned: readonly ChatMessage[];
  onJump: (seq: number) => void;
}

/** The pinned messages, newest first; each click jumps to one and shows the next. */
export function PinnedBar({ pinned, onJump }: Props) {
  const t = useTranslations("chat");
  const [clicks, setClicks] = useState(0);
  const index = pinned.length - 1 - (clicks % Math.max(1, pinned.length));
  const message = pinned[index];
  const isCollapsed = useIsCollapsed(message?.authorId ?? null);
  if (!message) return null;
  return (
    <button
      type="button"
      onClick={() => {
        onJump(message.seq);
        setClicks(clicks + 1);
      }}
      className="flex w-full min-w-0 items-center gap-3 border-b border-line bg-tint px-4 py-2 text-left transition-colors hover:bg-tint-strong sm:px-6"
    >
      <Pin className="size-4 shrink-0 text-tint-text" aria-hidden="true" />
      <span className="min-w-0 grow">
        <span className="tabular block text-xs font-semibold text-tint-text">
          {pinned.length > 1 ? t("pinnedOf", { place: index + 1, count: pinned.length }) : t("pinned")}
        </span>
        <span dir="auto" className="block truncate text-left text-sm">
          {isCollapsed ? t("blockedMessage") : messageExcerpt(message) || t("withoutWords")}
        </span>
      </span>
    </button>
  );
}
