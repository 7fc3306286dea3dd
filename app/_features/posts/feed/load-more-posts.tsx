"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Mark } from "@/app/_art/brand/mark";
import { createPageCache } from "@/app/_data/page-cache";
import type { ApiFailure } from "@/app/_ui/api-result";
import { buttonVariants } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { useMounted } from "@/app/_ui/use-mounted";
import type { Post } from "@/lib/schemas/post";
import { fetchPosts } from "../posts-api";
import { PostList } from "./post-list";

/** Pages of the feed loaded by the browser, after the page rendered by the server. */
const { readPages, savePages } = createPageCache<Post>();

/** Pages loaded automatically before a click is required, so that the footer stays reachable and requests few. */
const MAX_AUTO_PAGES = 3;

interface Props {
  cursor: string;
  /** Number of posts rendered by the server. */
  startIndex: number;
  renderedAt: number;
  viewerId: string | null;
}

/**
 * The rest of the feed. Renders a plain link to the next page, which works without JavaScript; with it the link loads
 * the posts in place, on click or when it comes near the viewport.
 */
export function LoadMorePosts({ cursor, startIndex, renderedAt, viewerId }: Props) {
  const t = useTranslations("feed");
  const mounted = useMounted();
  const [loaded, setLoaded] = useState({ pages: 0, now: renderedAt });
  const [loading, setLoading] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const { items, nextCursor } = mounted ? readPages(cursor) : { items: [], nextCursor: cursor };

  const loadNextPage = async () => {
    if (loading || nextCursor === null) return;
    setLoading(true);
    setFailure(null);
    const result = await fetchPosts(nextCursor, AbortSignal.timeout(15_000));
    setLoading(false);
    if (!result.ok) return setFailure(result.failure);
    // A post that a newer one pushed to the next page must not appear twice.
    const known = new Set(items.map((post) => post.id));
    savePages(cursor, {
      items: [...items, ...result.data.items.filter((post) => !known.has(post.id))],
      nextCursor: result.data.nextCursor,
    });
    setLoaded((before) => ({ pages: before.pages + 1, now: Date.now() }));
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
      { rootMargin: "0px 0px 600px" },
    );
    observer.observe(link.current);
    return () => observer.disconnect();
  }, [autoLoads, nextCursor]);

  return (
    <>
      {items.length > 0 ? (
        <PostList posts={items} startIndex={startIndex} renderedAt={loaded.now} viewerId={viewerId} />
      ) : null}
      <div className="mt-10 flex min-h-28 flex-col items-center gap-4">
        {failure ? (
          <div className="w-full max-w-xl">
            <FailureNote failure={failure} />
            <p className="mt-2 text-sm text-muted">{t("moreFailed")}</p>
          </div>
        ) : null}
        {nextCursor === null ? (
          <p className="text-muted">{t("end")}</p>
        ) : (
          <Link
            ref={link}
            href={{ pathname: "/", query: { cursor: nextCursor } }}
            prefetch={false}
            aria-disabled={loading}
            onClick={(event) => {
              event.preventDefault();
              void loadNextPage();
            }}
            className={buttonVariants({ look: "quiet", size: "large" })}
          >
            {loading ? <Mark animated className="size-6" /> : null}
            {t(loading ? "loadingMore" : "more")}
          </Link>
        )}
      </div>
      <p role="status" className="sr-only">
        {loaded.pages > 0 ? t("loaded", { count: items.length }) : ""}
      </p>
    </>
  );
}
