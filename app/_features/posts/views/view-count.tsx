"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useLiveCount } from "@/app/_data/live-counts";
import { playCounts } from "@/app/_data/play-counts";
import { viewCounts } from "@/app/_data/view-counts";
import { cn } from "@/app/_ui/cn";
import { RollingText } from "./rolling-text";

interface Props {
  postId: string;
  /** The count the page was rendered with. */
  rendered: number;
  className?: string;
  numberClassName?: string;
}

/** The view count of a post. */
export function ViewCount({ postId, rendered, ...classNames }: Props) {
  return <Count of="views" count={useLiveCount(viewCounts, postId, rendered)} {...classNames} />;
}

/** How often the sound of a post was played. */
export function PlayCount({ postId, rendered, ...classNames }: Props) {
  return <Count of="plays" count={useLiveCount(playCounts, postId, rendered)} {...classNames} />;
}

/** From this count on the number is compact, such as `1,2 тыс.` */
const MIN_COMPACT_COUNT = 1_000;

interface CountProps extends Pick<Props, "className" | "numberClassName"> {
  of: "views" | "plays";
  count: number;
}

/**
 * A count and its noun. The animated number is hidden from screen readers, which read the exact number instead and do
 * not announce its changes.
 */
function Count({ of, count, className, numberClassName }: CountProps) {
  const t = useTranslations(of);
  const format = useFormatter();
  const exact = t("exact", { count });
  const n = (text: ReactNode) => (
    <span className={cn("tabular text-accent-text", numberClassName)}>
      <RollingText text={Array.isArray(text) ? text.join("") : String(text)} />
    </span>
  );
  return (
    <span className={className} title={count >= MIN_COMPACT_COUNT ? exact : undefined}>
      <span className="sr-only">{exact}</span>
      <span aria-hidden="true" className="contents">
        {count < MIN_COMPACT_COUNT
          ? t.rich("label", { count, n })
          : t.rich("compact", {
              text: format.number(count, { notation: "compact", maximumFractionDigits: 1 }),
              n,
            })}
      </span>
    </span>
  );
}
