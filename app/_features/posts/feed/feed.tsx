import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import type { Post } from "@/lib/schemas/post";
import { FeedViewTracker } from "../views/feed-view-tracker";
import { LoadMorePosts } from "./load-more-posts";
import { PostList } from "./post-list";

interface Props {
  posts: readonly Post[];
  nextCursor: string | null;
  viewerId: string | null;
  renderedAt: number;
}

/** More than the three lines that a card shows. The document would carry the rest of each text twice. */
const MAX_EXCERPT_LENGTH = 320;

function withExcerpt(post: Post): Post {
  return { ...post, text: post.text.slice(0, MAX_EXCERPT_LENGTH) };
}

export function Feed({ posts, nextCursor, viewerId, renderedAt }: Props) {
  const t = useTranslations("feed");
  const listTexts = useTranslations("postList");
  if (posts.length === 0) {
    return (
      <EmptyState level="h2" title={t("emptyTitle")} text={t("emptyText")}>
        <Button asChild size="large">
          <Link href="/posts/new">{t("emptyAction")}</Link>
        </Button>
      </EmptyState>
    );
  }
  const list = (
    <section aria-labelledby="feed" className="@container">
      <h2 id="feed" className="sr-only">
        {t("heading")}
      </h2>
      <PostList posts={posts.map(withExcerpt)} startIndex={0} renderedAt={renderedAt} viewerId={viewerId} />
      {nextCursor ? (
        <LoadMorePosts
          key={nextCursor}
          cursor={nextCursor}
          startIndex={posts.length}
          renderedAt={renderedAt}
          viewerId={viewerId}
        />
      ) : (
        <p className="mt-12 text-center text-muted">{listTexts("end")}</p>
      )}
    </section>
  );
  return viewerId ? <FeedViewTracker viewerId={viewerId}>{list}</FeedViewTracker> : list;
}
