"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { usePlayCount } from "@/app/_data/play-counts";
import { useViewCount } from "@/app/_data/view-counts";
import { cn } from "@/app/_ui/cn";
import { RollingText } from "./rolling-text";

interface Props {
  postId: string;
  /** The count the page was rendered with. */
  rendered: number;
  className?: string;
  numberClassName?: string;
}

/** From this count on the number is compact, such as `1,2 тыс.` */
const MIN_COMPACT_COUNT = 1_000;

/** The view count of a post. */
export function ViewCount({ postId, rendered, ...style }: Props) {
  return <LiveCount kind="views" count={useViewCount(postId, rendered)} {...style} />;
}

/** The count of a post's plays. */
export function PlayCount({ postId, rendered, ...style }: Props) {
  return <LiveCount kind="plays" count={usePlayCount(postId, rendered)} {...style} />;
}

interface LiveCountProps extends Pick<Props, "className" | "numberClassName"> {
  /** Names its texts. */
  kind: "views" | "plays";
  count: number;
}

/**
 * The animated number is hidden from screen readers, which read the exact number instead and do not announce its
 * changes.
 */
function LiveCount({ kind, count, className, numberClassName }: LiveCountProps) {
  const t = useTranslations(kind);
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
