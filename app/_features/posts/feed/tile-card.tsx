import { CoverFrame } from "../cover-frame";
import { tintStyle } from "../tint-style";
import { ViewCount } from "../views/view-count";
import { Byline, CardLink, type CardProps, CompactPlays } from "./card-parts";
import { CardPlay } from "./card-play";

/** One of two cards side by side, with the cover on top. */
export function TileCard({ post, renderedAt, countsViews }: CardProps) {
  return (
    <article
      data-post-id={countsViews ? post.id : undefined}
      style={tintStyle(post.id)}
      className="tinted group/card relative flex flex-col gap-3 rounded-2xl"
    >
      <CoverFrame
        post={post}
        sizes="(min-width: 64rem) 30rem, 50vw"
        className="aspect-square w-full rounded-2xl @2xl:aspect-[8/5]"
      >
        <CardPlay post={post} size="small" className="right-3 bottom-3 @2xl:size-14" />
      </CoverFrame>
      <h3 className="display line-clamp-3 text-[clamp(0.95rem,3cqi,1.5rem)] font-semibold">
        <CardLink post={post} />
      </h3>
      <div className="mt-auto flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <Byline post={post} renderedAt={renderedAt} />
        <div className="flex flex-wrap items-baseline gap-x-3 text-sm text-muted">
          <ViewCount postId={post.id} rendered={post.viewsCount} numberClassName="font-semibold" />
          <CompactPlays post={post} />
        </div>
      </div>
    </article>
  );
}
