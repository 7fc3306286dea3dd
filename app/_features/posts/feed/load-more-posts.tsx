"use client";

import { useTranslations } from "next-intl";
import { createPageCache } from "@/app/_data/page-cache";
import { LoadMore } from "@/app/_shell/load-more";
import type { Post } from "@/lib/schemas/post";
import { fetchPosts } from "../posts-api";
import { PostList } from "./post-list";

/** Pages of the feed loaded by the browser, after the page rendered by the server. */
const loadedPosts = createPageCache<Post>();

interface Props {
  cursor: string;
  /** Number of posts rendered by the server. */
  startIndex: number;
  renderedAt: number;
  viewerId: string | null;
}

/** The rest of the feed. */
export function LoadMorePosts({ cursor, startIndex, renderedAt, viewerId }: Props) {
  const t = useTranslations("feed");
  return (
    <LoadMore
      cursor={cursor}
      cache={loadedPosts}
      renderedAt={renderedAt}
      fetchPage={fetchPosts}
      href={(next) => ({ pathname: "/", query: { cursor: next } })}
      texts={{
        more: t("more"),
        loading: t("loadingMore"),
        end: t("end"),
        loaded: (count) => t("loaded", { count }),
      }}
    >
      {(posts, loadedAt) => (
        <PostList posts={posts} startIndex={startIndex} renderedAt={loadedAt} viewerId={viewerId} />
      )}
    </LoadMore>
  );
}
