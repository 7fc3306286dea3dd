import { CoverFrame } from "../cover-frame";
import { Tags } from "../tags";
import { tintStyle } from "../tint-style";
import { ViewCount } from "../views/view-count";
import { Byline, CardLink, type CardProps } from "./card-parts";

/** A row: cover, title, and the view count at the end. */
export function StripCard({ post, renderedAt, countsViews }: CardProps) {
  return (
    <article
      data-post-id={countsViews ? post.id : undefined}
      style={tintStyle(post.id)}
      className="tinted group/card relative -mx-3 grid grid-cols-[5.75rem_minmax(0,1fr)] gap-x-4 rounded-2xl p-3 transition-colors hover:bg-tint-strong @2xl:grid-cols-[8rem_minmax(0,1fr)_auto] @2xl:gap-x-6"
    >
      <CoverFrame id={post.id} className="aspect-square w-full rounded-xl" />
      <div className="flex min-w-0 flex-col gap-1.5 self-center">
        <Byline post={post} renderedAt={renderedAt} />
        <h3 className="display line-clamp-2 text-[clamp(1rem,2.6cqi,1.375rem)] font-semibold">
          <CardLink post={post} />
        </h3>
        <p className="line-clamp-2 max-w-[60ch] text-sm text-muted @max-2xl:hidden" dir="auto">
          {post.text}
        </p>
        <Tags tags={post.tags} className="@max-2xl:hidden" />
        <ViewCount postId={post.id} rendered={post.viewsCount} className="text-sm text-muted @2xl:hidden" />
      </div>
      <ViewCount
        postId={post.id}
        rendered={post.viewsCount}
        className="hidden min-w-32 flex-col items-end self-center pr-3 text-xs text-muted @2xl:flex"
        numberClassName="display text-2xl"
      />
    </article>
  );
}
