import { useTranslations } from "next-intl";
import { LoadMorePosts } from "@/app/_features/posts/feed/load-more-posts";
import { PostList } from "@/app/_features/posts/feed/post-list";
import { FeedViewTracker } from "@/app/_features/posts/views/feed-view-tracker";
import type { Person } from "@/lib/schemas/person";
import type { PostPage } from "@/lib/schemas/post";

interface Props {
  person: Person;
  page: PostPage;
  viewerId: string | null;
  renderedAt: number;
}

/** A person's posts, newest first, with the cards of the feed. */
export function PersonPosts({ person, page: { items, nextCursor }, viewerId, renderedAt }: Props) {
  const t = useTranslations("person");
  const list = (
    <section aria-labelledby="posts" className="@container">
      <h2 id="posts" className="display mb-5 text-2xl sm:mb-6 sm:text-3xl">
        {t("posts")}
      </h2>
      {items.length === 0 ? <p className="text-muted">{t("noPosts")}</p> : null}
      <PostList posts={items} startIndex={0} renderedAt={renderedAt} viewerId={viewerId} />
      {nextCursor ? (
        <LoadMorePosts
          key={nextCursor}
          cursor={nextCursor}
          startIndex={items.length}
          renderedAt={renderedAt}
          viewerId={viewerId}
          author={{ id: person.id, handle: person.handle }}
        />
      ) : null}
    </section>
  );
  return viewerId ? <FeedViewTracker viewerId={viewerId}>{list}</FeedViewTracker> : list;
}
