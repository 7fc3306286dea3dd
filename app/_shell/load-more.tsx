"use client";

import { useTranslations } from "next-intl";
import { type ComponentProps, type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { Mark } from "@/app/_art/brand/mark";
import type { LoadedPages, PageCache } from "@/app/_data/page-cache";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { buttonVariants } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Link } from "@/app/_ui/link";
import { useMounted } from "@/app/_ui/use-mounted";

/** Pages loaded automatically before a click is required, so that the footer stays reachable and requests few. */
const MAX_AUTO_PAGES = 3;
const REQUEST_TIMEOUT_MS = 15_000;

interface Props<Item> {
  /** Where the page rendered by the server ends. */
  cursor: string;
  /** The pages loaded by the browser; they outlive this component. */
  cache: PageCache<Item>;
  /** Of the list; each has its own pages. */
  filter?: string;
  /** When the server rendered the first page, in ms. */
  renderedAt: number;
  fetchPage: (cursor: string, signal: AbortSignal) => Promise<ApiResult<LoadedPages<Item>>>;
  /** The next page as a page of its own. */
  href: (cursor: string) => ComponentProps<typeof Link>["href"];
  texts: { more: string; loading: string; end: string; loaded: (count: number) => string };
  /** Renders what was loaded. @param loadedAt  the time of the last load, in ms */
  children: (items: readonly Item[], loadedAt: number) => ReactNode;
}

/**
 * The rest of a list. Renders a plain link to the next page, which works without JavaScript; with it the link loads the
 * items in place, on click or when it comes near the viewport.
 */
export function LoadMore<Item extends { id: string }>({
  cursor,
  cache,
  filter,
  renderedAt,
  fetchPage,
  href,
  texts,
  children,
}: Props<Item>) {
  const t = useTranslations("failure");
  const mounted = useMounted();
  const [loaded, setLoaded] = useState({ pages: 0, at: renderedAt });
  const [loading, setLoading] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const { items, nextCursor } = mounted ? cache.readPages(cursor, filter) : { items: [], nextCursor: cursor };

  const loadNextPage = async () => {
    if (loading || nextCursor === null) return;
    setLoading(true);
    setFailure(null);
    const result = await fetchPage(nextCursor, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    setLoading(false);
    if (!result.ok) return setFailure(result.failure);
    // What a newer item pushed to the next page must not appear twice.
    const known = new Set(items.map(({ id }) => id));
    const pages = {
      items: [...items, ...result.data.items.filter(({ id }) => !known.has(id))],
      nextCursor: result.data.nextCursor,
    };
    cache.savePages(cursor, pages, filter);
    setLoaded((before) => ({ pages: before.pages + 1, at: Date.now() }));
  };
  const loadWhenNear = useEffectEvent(loadNextPage);

  const autoLoads = failure === null && loaded.pages < MAX_AUTO_PAGES;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new cursor means a new link to watch
  useEffect(() => {
    if (!autoLoads || !link.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void loadWhenNear();
      },
      { rootMargin: "0px 0px 50%" },
    );
    observer.observe(link.current);
    return () => observer.disconnect();
  }, [autoLoads, nextCursor]);

  return (
    <>
      {items.length > 0 ? children(items, loaded.at) : null}
      <div className="mt-10 flex min-h-28 flex-col items-center gap-4">
        {failure ? (
          <div className="w-full max-w-xl">
            <FailureNote failure={failure} />
            <p className="mt-2 text-sm text-muted">{t("moreFailed")}</p>
          </div>
        ) : null}
        {nextCursor === null ? (
          <p className="text-muted">{texts.end}</p>
        ) : (
          <Link
            ref={link}
            href={href(nextCursor)}
            aria-disabled={loading}
            onClick={(event) => {
              event.preventDefault();
              void loadNextPage();
            }}
            className={buttonVariants({ look: "quiet", size: "large" })}
          >
            {loading ? <Mark animated className="size-6" /> : null}
            {loading ? texts.loading : texts.more}
          </Link>
        )}
      </div>
      <p role="status" className="sr-only">
        {loaded.pages > 0 ? texts.loaded(items.length) : ""}
      </p>
    </>
  );
}
