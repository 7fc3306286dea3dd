"use client";

import { useTranslations } from "next-intl";
import { createPageCache } from "@/app/_data/page-cache";
import { LoadMore } from "@/app/_shell/load-more";
import type { Person } from "@/lib/schemas/person";
import type { Post } from "@/lib/schemas/post";
import { fetchPosts } from "../posts-api";
import { PostList } from "./post-list";

/** Pages loaded by the browser, of the feed or of a person's posts, after the page rendered by the server. */
const loadedPosts = createPageCache<Post>();

interface Props {
  cursor: string;
  /** Number of posts rendered by the server. */
  startIndex: number;
  renderedAt: number;
  viewerId: string | null;
  /** Whose posts they are; null: the feed. */
  author?: Pick<Person, "id" | "handle"> | null;
}

/** The rest of the feed, or of a person's posts. */
export function LoadMorePosts({ cursor, startIndex, renderedAt, viewerId, author = null }: Props) {
  const t = useTranslations("feed");
  const person = useTranslations("person");
  const authorId = author?.id ?? null;
  return (
    <LoadMore
      cursor={cursor}
      cache={loadedPosts}
      filter={authorId ?? ""}
      renderedAt={renderedAt}
      fetchPage={(next, signal) => fetchPosts(next, authorId, signal)}
      href={(next) => ({ pathname: author ? `/u/${author.handle}` : "/", query: { cursor: next } })}
      texts={{
        more: t("more"),
        loading: t("loadingMore"),
        end: author ? person("postsEnd") : t("end"),
        loaded: (count) => t("loaded", { count }),
      }}
    >
      {(posts, loadedAt) => (
        <PostList posts={posts} startIndex={startIndex} renderedAt={loadedAt} viewerId={viewerId} />
      )}
    </LoadMore>
  );
}
