"use client";

import { useTranslations } from "next-intl";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { useIsCollapsed } from "./message-context";
import { quoteExcerpt } from "./message-excerpt";
import type { Quote } from "./store/chat-api";

/** The beginning of a quoted message, in its author's colour; not of an author whose messages are collapsed. */
export function QuotePreview({ quote, className }: { quote: Quote; className?: string }) {
  const t = useTranslations("chat");
  const excerpt = useExcerpt(quote);
  return (
    <span
      style={tintStyle(quote.authorId ?? quote.id)}
      className={cn(
        "tinted block min-w-0 border-l-[3px] border-tint-text pl-2.5 text-left text-sm",
        className,
      )}
    >
      <span dir="auto" className="block truncate text-left font-semibold text-tint-text">
        {quote.authorName ?? t("gone")}
      </span>
      <span dir="auto" className="block truncate text-left text-muted">
        {excerpt || t("withoutWords")}
      </span>
    </span>
  );
}

function useExcerpt(quote: Quote): string {
  const t = useTranslations("chat");
  return useIsCollapsed(quote.authorId) ? t("blockedMessage") : quoteExcerpt(quote.text);
}

interface Props {
  quote: Quote;
  tabIndex: number;
  onJump: (seq: number) => void;
}

/** Jumps to the quoted message. */
export function QuoteButton({ quote, tabIndex, onJump }: Props) {
  const t = useTranslations("chat");
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      onClick={() => onJump(quote.seq)}
      className="mt-0.5 mb-1.5 block w-full min-w-0 rounded-md py-0.5 transition-colors hover:bg-ink/6"
    >
      <span className="sr-only">{t("toQuoted")}</span>
      <QuotePreview quote={quote} />
    </button>
  );
}
