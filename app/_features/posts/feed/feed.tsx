import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Notice } from "@/app/_ui/empty-state";
import type { PostItem } from "../posts-api";
import { FeedViews } from "../views/feed-view-tracker";
import { FeedMore } from "./load-more-posts";
import { PostList } from "./post-list";

interface Props {
  posts: readonly PostItem[];
  nextCursor: string | null;
  viewerId: string | null;
  renderedAt: number;
}

export function Feed({ posts, nextCursor, viewerId, renderedAt }: Props) {
  const t = useTranslations("feed");
  if (posts.length === 0) {
    return (
      <Notice level="h2" title={t("emptyTitle")} text={t("emptyText")}>
        <Button asChild size="large">
          <Link href="/posts/new" prefetch={false}>
            {t("emptyAction")}
          </Link>
        </Button>
      </Notice>
    );
  }
  const list = (
    <section aria-labelledby="feed" className="@container">
      <h2 id="feed" className="sr-only">
        {t("heading")}
      </h2>
      <PostList posts={posts} from={0} renderedAt={renderedAt} viewerId={viewerId} />
      {nextCursor ? (
        <FeedMore
          key={nextCursor}
          cursor={nextCursor}
          from={posts.length}
          renderedAt={renderedAt}
          viewerId={viewerId}
        />
      ) : (
        <p className="mt-12 text-center text-muted">{t("end")}</p>
      )}
    </section>
  );
  return viewerId ? <FeedViews viewerId={viewerId}>{list}</FeedViews> : list;
}
