import { CoverFrame } from "../cover-frame";
import { Tags } from "../tags";
import { tintStyle } from "../tint-style";
import { ViewCount } from "../views/view-count";
import { Byline, CardLink, type CardProps, CompactPlays } from "./card-parts";
import { CardPlay } from "./card-play";

/** Shorter titles get larger type. */
function titleClass(title: string): string {
  if (title.length <= 18) return "text-[clamp(1.9rem,6.6cqi,3.5rem)]";
  return title.length <= 48 ? "text-[clamp(1.6rem,4.8cqi,2.5rem)]" : "text-[clamp(1.25rem,3.6cqi,1.9rem)]";
}

/** The full-width card, like an open record sleeve: cover on one side, text on the other. */
export function GatefoldCard({ post, renderedAt, countsViews }: CardProps) {
  return (
    <article
      data-post-id={countsViews ? post.id : undefined}
      style={tintStyle(post.id)}
      className="tinted group/card relative isolate grid overflow-hidden rounded-3xl bg-tint-strong [--card-radius:1.5rem] @2xl:grid-cols-[minmax(0,9fr)_minmax(0,13fr)]"
    >
      <CoverFrame
        post={post}
        sizes="(min-width: 64rem) 26rem, 100vw"
        eager
        className="aspect-[5/4] w-full @2xl:aspect-auto @2xl:h-full @2xl:min-h-88"
      >
        <CardPlay post={post} size="medium" className="right-4 bottom-4 @2xl:size-18" />
      </CoverFrame>
      <div className="flex min-w-0 flex-col gap-4 p-5 @2xl:p-8">
        <Byline post={post} renderedAt={renderedAt} />
        <h3 className={`display line-clamp-4 ${titleClass(post.title)}`}>
          <CardLink post={post} />
        </h3>
        <p className="line-clamp-3 max-w-[52ch] text-[0.9375rem] text-muted" dir="auto">
          {post.text}
        </p>
        <Tags tags={post.tags} />
        <div className="mt-auto flex flex-wrap items-baseline gap-x-6 pt-2 text-sm text-muted">
          <ViewCount
            postId={post.id}
            rendered={post.viewsCount}
            className="flex items-baseline gap-2"
            numberClassName="display text-[clamp(1.75rem,5cqi,2.5rem)]"
          />
          <CompactPlays post={post} />
        </div>
      </div>
    </article>
  );
}
