"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Mark } from "@/app/_art/brand/mark";
import type { ApiFailure } from "@/app/_ui/api-result";
import { buttonLook } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { useMounted } from "@/app/_ui/use-mounted";
import { keepLoaded, loadedAfter } from "../feed-pages";
import { fetchPosts } from "../posts-api";
import { PostList } from "./post-list";

/** After so many pages without a click the feed waits for one, so its end can be reached and requests are few. */
const PAGES_WITHOUT_CLICK = 3;

interface Props {
  cursor: string;
  /** How many posts the server rendered before. */
  from: number;
  renderedAt: number;
  viewerId: string | null;
}

/**
 * The rest of the feed. What it renders first is a plain link to the next page, which works without
 * scripts; with them the link loads in place, and by itself when it comes near.
 */
export function FeedMore({ cursor, from, renderedAt, viewerId }: Props) {
  const t = useTranslations("feed");
  const mounted = useMounted();
  const [fresh, setFresh] = useState({ pages: 0, now: renderedAt });
  const [loading, setLoading] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const { items, nextCursor } = mounted ? loadedAfter(cursor) : { items: [], nextCursor: cursor };

  const load = async () => {
    if (loading || nextCursor === null) return;
    setLoading(true);
    setFailure(null);
    const result = await fetchPosts(nextCursor, AbortSignal.timeout(15_000));
    setLoading(false);
    if (!result.ok) return setFailure(result.failure);
    // a post that was pushed to the next page by a new one must not appear twice
    const known = new Set(items.map((post) => post.id));
    keepLoaded(cursor, {
      items: [...items, ...result.data.items.filter((post) => !known.has(post.id))],
      nextCursor: result.data.nextCursor,
    });
    setFresh((before) => ({ pages: before.pages + 1, now: Date.now() }));
  };
  const loadWhenNear = useEffectEvent(load);

  const byItself = failure === null && fresh.pages < PAGES_WITHOUT_CLICK;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new cursor means a new link to watch
  useEffect(() => {
    if (!byItself || !link.current) return;
    const near = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void loadWhenNear();
      },
      { rootMargin: "0px 0px 600px" },
    );
    near.observe(link.current);
    return () => near.disconnect();
  }, [byItself, nextCursor]);

  return (
    <>
      {items.length > 0 ? (
        <PostList posts={items} from={from} renderedAt={fresh.now} viewerId={viewerId} />
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
              void load();
            }}
            className={buttonLook({ look: "quiet", size: "large" })}
          >
            {loading ? <Mark dancing className="size-6" /> : null}
            {t(loading ? "loadingMore" : "more")}
          </Link>
        )}
      </div>
      <p role="status" className="sr-only">
        {fresh.pages > 0 ? t("loaded", { count: items.length }) : ""}
      </p>
    </>
  );
}
