"use client";

import { useTranslations } from "next-intl";
import { type CSSProperties, type ReactNode, useId, useState } from "react";
import { cn } from "./cn";

/** About as many characters as a line of a text column has. */
const LINE_LENGTH = 50;

interface Props {
  /** What `children` show, to estimate its height. */
  text: string;
  /** Longer texts begin collapsed. */
  maxLines: number;
  /** Of its button. */
  tabIndex?: number;
  className?: string;
  children: ReactNode;
}

function countLines(text: string): number {
  let lines = 0;
  for (const line of text.split("\n")) lines += Math.max(1, Math.ceil(line.length / LINE_LENGTH));
  return lines;
}

/**
 * A text of any length in its own direction, with its line breaks. A very long one, such as thousands of line breaks,
 * begins collapsed with a button that shows the rest; without scripts all of it is shown.
 */
export function LongText({ text, maxLines, tabIndex, className, children }: Props) {
  const t = useTranslations("longText");
  const id = useId();
  const [isExpanded, setIsExpanded] = useState(false);
  const isLong = countLines(text) > maxLines;
  const isCollapsed = isLong && !isExpanded;
  return (
    <>
      <p
        id={id}
        dir="auto"
        style={isCollapsed ? ({ "--max-lines": maxLines } as CSSProperties) : undefined}
        className={cn(
          "whitespace-pre-wrap [overflow-wrap:anywhere] [unicode-bidi:plaintext]",
          isCollapsed && "long-text overflow-hidden",
          className,
        )}
      >
        {children}
      </p>
      {isLong ? (
        <button
          type="button"
          tabIndex={tabIndex}
          aria-expanded={isExpanded}
          aria-controls={id}
          onClick={() => setIsExpanded(!isExpanded)}
          className="mt-1 min-h-9 text-sm font-semibold text-tint-text underline underline-offset-4 noscript:hidden"
        >
          {t(isExpanded ? "less" : "more")}
        </button>
      ) : null}
    </>
  );
}
