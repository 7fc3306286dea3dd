"use client";

import { useTranslations } from "next-intl";
import { createPageCache } from "@/app/_data/page-cache";
import { LoadMore } from "@/app/_shell/load-more";
import type { Person } from "@/lib/schemas/person";
import type { Post } from "@/lib/schemas/post";
import { tagPath } from "@/lib/schemas/tag-path";
import { fetchPosts } from "../posts-api";
import { PostList } from "./post-list";

/** Pages loaded by the browser, of the feed, a person's posts or a tag's, after the page rendered by the server. */
const loadedPosts = createPageCache<Post>();

interface Props {
  cursor: string;
  /** Number of posts rendered by the server. */
  startIndex: number;
  renderedAt: number;
  viewerId: string | null;
  /** Whose posts they are; null: the feed. */
  author?: Pick<Person, "id" | "handle"> | null;
  /** The tag that they have; null: any. */
  tag?: string | null;
}

/** The rest of the feed, or of the posts of a person or a tag. */
export function LoadMorePosts({
  cursor,
  startIndex,
  renderedAt,
  viewerId,
  author = null,
  tag = null,
}: Props) {
  const t = useTranslations("postList");
  const path = author ? `/u/${author.handle}` : tag === null ? "/" : tagPath(tag);
  return (
    <LoadMore
      cursor={cursor}
      cache={loadedPosts}
      filter={path}
      renderedAt={renderedAt}
      fetchPage={(next, signal) =>
        fetchPosts(next, author ? { authorId: author.id } : tag === null ? {} : { tag }, signal)
      }
      href={(next) => ({ pathname: path, query: { cursor: next } })}
      texts={{
        more: t("more"),
        loading: t("loadingMore"),
        end: author ? t("endOfPerson") : t("end"),
        loaded: (count) => t("loaded", { count }),
      }}
    >
      {(posts, loadedAt) => (
        <PostList posts={posts} startIndex={startIndex} renderedAt={loadedAt} viewerId={viewerId} />
      )}
    </LoadMore>
  );
}
