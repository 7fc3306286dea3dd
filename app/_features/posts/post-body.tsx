import { EyeOff } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ReportButton } from "@/app/_features/reports/report-button";
import { TrackOpened } from "@/app/_features/shop/track-opened";
import { Link } from "@/app/_ui/link";
import { LinkedText } from "@/app/_ui/linked-text";
import { LongText } from "@/app/_ui/long-text";
import { PersonLink } from "@/app/_ui/person-link";
import { RelativeTime } from "@/app/_ui/relative-time";
import { ShareButton } from "@/app/_ui/share-button";
import type { Post } from "@/lib/schemas/post";
import { PostTrack } from "./post-track";
import { Tags } from "./tags";
import { PostViewTracker } from "./views/post-view-tracker";
import { PlayCount, ViewCount } from "./views/view-count";

/** More than any post of prose has within its 5,000 characters. */
const MAX_TEXT_LINES = 110;

interface Props {
  post: Post;
  viewerId: string | null;
  renderedAt: number;
  /** What the author sees in the place of the player while there is none. */
  ownTrack?: ReactNode;
  /** The post's token, if it has one or may have. */
  mint?: ReactNode;
  /** For the author. */
  playsByDay?: ReactNode;
}

/** Shorter titles get larger type. */
function titleClass(title: string): string {
  if (title.length <= 22) return "text-[clamp(2.25rem,6vw,4rem)]";
  if (title.length <= 60) return "text-[clamp(1.75rem,4.4vw,2.85rem)]";
  return "text-[clamp(1.4rem,3.2vw,2.1rem)]";
}

export function PostBody({ post, viewerId, renderedAt, ownTrack, mint, playsByDay }: Props) {
  const t = useTranslations("post");
  const edit = useTranslations("editPost");
  const isOwn = viewerId === post.authorId;
  return (
    <div className="flex min-w-0 flex-col">
      <h1 dir="auto" className={`display ${titleClass(post.title)}`}>
        {post.title}
      </h1>
      <p className="mt-4 flex flex-wrap items-baseline gap-x-2 text-muted">
        <PersonLink
          name={post.authorName}
          handle={post.authorHandle}
          className="min-w-0 font-semibold text-ink [overflow-wrap:anywhere]"
        />
        <span aria-hidden="true">·</span>
        <RelativeTime at={post.createdAt} renderedAt={renderedAt} />
      </p>
      {post.visibility === "unlisted" ? (
        <p className="mt-2 flex items-center gap-2 text-sm text-muted">
          <EyeOff className="size-4 shrink-0" aria-hidden="true" />
          {edit("unlisted")}
        </p>
      ) : null}
      <PostTrack post={post} ownTrack={ownTrack} />
      <div className="mt-6 border-y border-line py-5">
        <div className="flex flex-wrap items-baseline gap-x-8 gap-y-3 text-muted">
          <ViewCount
            postId={post.id}
            rendered={post.viewsCount}
            className="flex flex-wrap items-baseline gap-x-3"
            numberClassName="display text-[clamp(2.5rem,7vw,3.75rem)]"
          />
          {post.track ? (
            <PlayCount
              postId={post.id}
              rendered={post.playsCount}
              className="flex flex-wrap items-baseline gap-x-3"
              numberClassName="display text-[clamp(1.5rem,4vw,2.25rem)]"
            />
          ) : null}
        </div>
        {isOwn ? (
          <p className="mt-2 text-sm text-muted">
            {t("own")}{" "}
            <Link
              href={`/posts/${post.id}/edit`}
              className="inline-flex min-h-11 items-center text-ink underline underline-offset-4"
            >
              {edit("action")}
            </Link>
          </p>
        ) : null}
        {playsByDay}
        {viewerId === null ? (
          <p className="mt-2 text-sm text-muted">
            {t.rich("anonymousView", {
              link: (chunks) => (
                <Link
                  href={`/sign-in?next=${encodeURIComponent(`/posts/${post.id}`)}`}
                  className="text-ink underline underline-offset-4"
                >
                  {chunks}
                </Link>
              ),
            })}
          </p>
        ) : null}
      </div>
      {post.text ? (
        <div className="mt-6 max-w-[64ch] text-[1.0625rem] leading-relaxed">
          <LongText text={post.text} maxLines={MAX_TEXT_LINES}>
            <LinkedText text={post.text} />
          </LongText>
        </div>
      ) : null}
      <Tags tags={post.tags} className="mt-6 text-base" />
      <div className="mt-6 flex flex-wrap items-center gap-2 empty:hidden">
        <ShareButton path={`/posts/${post.id}`} title={post.title} />
        {viewerId !== null && !isOwn ? <ReportButton target="post" targetId={post.id} /> : null}
      </div>
      {mint}
      {viewerId !== null && !isOwn ? <PostViewTracker postId={post.id} /> : null}
      <TrackOpened name="post.opened" id={post.id} />
    </div>
  );
}
