import { CoverFrame } from "../cover-frame";
import { tintStyle } from "../tint-style";
import { ViewCount } from "../views/view-count";
import { Byline, CardLink, type CardProps } from "./card-parts";

/** One of two cards side by side, with the cover on top. */
export function TileCard({ post, renderedAt, countsViews }: CardProps) {
  return (
    <article
      data-post-id={countsViews ? post.id : undefined}
      style={tintStyle(post.id)}
      className="tinted group/card relative flex flex-col gap-3 rounded-2xl"
    >
      <CoverFrame id={post.id} className="aspect-square w-full rounded-2xl @2xl:aspect-[8/5]" />
      <h3 className="display line-clamp-3 text-[clamp(0.95rem,3cqi,1.5rem)] font-semibold">
        <CardLink post={post} />
      </h3>
      <div className="mt-auto flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <Byline post={post} renderedAt={renderedAt} />
        <ViewCount
          postId={post.id}
          rendered={post.viewsCount}
          className="text-sm text-muted"
          numberClassName="font-semibold"
        />
      </div>
    </article>
  );
}
