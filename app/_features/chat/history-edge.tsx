"use client";

import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { buttonVariants } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Link } from "@/app/_ui/link";

interface Props {
  /** For browsers without scripts. */
  href: string;
  label: "older" | "newer";
  load: () => Promise<ApiFailure | null>;
  /** Changes when the edge moves, so that it is observed again. */
  version: number;
}

/** An end of the loaded messages: loads more when it is scrolled near, or on click. */
export function HistoryEdge({ href, label, load, version }: Props) {
  const t = useTranslations("chat");
  const link = useRef<HTMLAnchorElement>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const loadMore = async () => {
    if (busy) return;
    setBusy(true);
    setFailure(await load());
    setBusy(false);
  };
  const loadMoreWhenNear = useEffectEvent(loadMore);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is a new edge
  useEffect(() => {
    if (!link.current || failure) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void loadMoreWhenNear();
      },
      { root: link.current.closest("[data-scroller]"), rootMargin: "500px 0px" },
    );
    observer.observe(link.current);
    return () => observer.disconnect();
  }, [version, failure]);
  return (
    <div className="flex flex-col items-center gap-2 py-3">
      {failure ? <FailureNote failure={failure} className="w-full max-w-md" /> : null}
      <Link
        ref={link}
        href={href}
        aria-disabled={busy}
        onClick={(event) => {
          event.preventDefault();
          void loadMore();
        }}
        className={buttonVariants({ look: "quiet", size: "small" })}
      >
        {t(busy ? "loading" : label)}
      </Link>
    </div>
  );
}
