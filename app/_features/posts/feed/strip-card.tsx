import { CoverFrame } from "../cover-frame";
import { Tags } from "../tags";
import { tintStyle } from "../tint-style";
import { ViewCount } from "../views/view-count";
import { Byline, CardLink, type CardProps, CompactPlays } from "./card-parts";
import { CardPlay } from "./card-play";

/** A row: cover, title, and the view count at the end. */
export function StripCard({ post, renderedAt, countsViews }: CardProps) {
  return (
    <article
      data-post-id={countsViews ? post.id : undefined}
      style={tintStyle(post.id)}
      className="tinted group/card relative -mx-3 grid grid-cols-[5.75rem_minmax(0,1fr)] gap-x-4 rounded-2xl p-3 transition-colors hover:bg-tint-strong @2xl:grid-cols-[8rem_minmax(0,1fr)_auto] @2xl:gap-x-6"
    >
      <CoverFrame post={post} sizes="8rem" className="aspect-square w-full rounded-xl">
        <CardPlay post={post} size="small" className="right-1.5 bottom-1.5" />
      </CoverFrame>
      <div className="flex min-w-0 flex-col gap-1.5 self-center">
        <Byline post={post} renderedAt={renderedAt} />
        <h3 className="display line-clamp-2 text-[clamp(1rem,2.6cqi,1.375rem)] font-semibold">
          <CardLink post={post} />
        </h3>
        <p className="line-clamp-2 max-w-[60ch] text-sm text-muted @max-2xl:hidden" dir="auto">
          {post.text}
        </p>
        <Tags tags={post.tags} className="@max-2xl:hidden" />
        <div className="flex flex-wrap items-baseline gap-x-3 text-sm text-muted @2xl:hidden">
          <ViewCount postId={post.id} rendered={post.viewsCount} />
          <CompactPlays post={post} />
        </div>
      </div>
      <div className="hidden min-w-32 flex-col items-end gap-1 self-center pr-3 text-xs text-muted @2xl:flex">
        <ViewCount
          postId={post.id}
          rendered={post.viewsCount}
          className="flex flex-col items-end"
          numberClassName="display text-2xl"
        />
        <CompactPlays post={post} />
      </div>
    </article>
  );
}
