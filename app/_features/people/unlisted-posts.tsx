import { useTranslations } from "next-intl";
import { PostList } from "@/app/_features/posts/feed/post-list";
import type { Post } from "@/lib/schemas/post";

interface Props {
  posts: Post[];
  viewerId: string;
  renderedAt: number;
}

/** The viewer's own posts that no list shows to others. */
export function UnlistedPosts({ posts, viewerId, renderedAt }: Props) {
  const t = useTranslations("editPost");
  if (posts.length === 0) return null;
  return (
    <section aria-labelledby="unlisted" className="@container mt-14">
      <h2 id="unlisted" className="display text-2xl sm:text-3xl">
        {t("unlistedList")}
      </h2>
      <p className="mt-2 mb-5 text-muted sm:mb-6">{t("unlistedText")}</p>
      <PostList posts={posts} startIndex={0} renderedAt={renderedAt} viewerId={viewerId} />
    </section>
  );
}
