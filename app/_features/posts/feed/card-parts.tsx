import { Link } from "@/app/_ui/link";
import { PersonLink } from "@/app/_ui/person-link";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { Post } from "@/lib/schemas/post";
import { PlayCount } from "../views/view-count";

export interface CardProps {
  post: Post;
  /** The server's time in milliseconds. */
  renderedAt: number;
  /** Whether seeing this card counts as a view; false for the viewer's own posts. */
  countsViews: boolean;
}

/** Makes the whole card clickable; the card itself needs the class `relative`. */
export function CardLink({ post }: { post: Post }) {
  return (
    <Link href={`/posts/${post.id}`} className="stretched">
      <bdi>{post.title}</bdi>
    </Link>
  );
}

export function Byline({ post, renderedAt }: { post: Post; renderedAt: number }) {
  return (
    <p className="flex min-w-0 items-baseline gap-x-2 text-sm text-muted">
      <PersonLink
        name={post.authorName}
        handle={post.authorHandle}
        className="truncate font-medium text-ink"
      />
      <span aria-hidden="true">·</span>
      <RelativeTime at={post.createdAt} renderedAt={renderedAt} className="shrink-0" />
    </p>
  );
}

/** How often a post with sound was played. */
export function CompactPlays({ post }: { post: Post }) {
  return post.track ? (
    <PlayCount postId={post.id} rendered={post.playsCount} numberClassName="font-semibold" />
  ) : null;
}
