import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { PostMint } from "@/app/_features/minting/post-mint";
import { CoverFrame } from "@/app/_features/posts/cover-frame";
import { KnownCover } from "@/app/_features/posts/known-cover";
import { PlaysChart } from "@/app/_features/posts/plays-chart";
import { PostBody } from "@/app/_features/posts/post-body";
import { PostSkeleton } from "@/app/_features/posts/post-skeleton";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { OwnCoverProblem } from "@/app/_features/uploads/own-cover-problem";
import { ProcessingPanel } from "@/app/_features/uploads/processing-panel";
import { getUploadSettings } from "@/app/_features/uploads/upload-settings";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { getShellViewer, getViewerIfKnown } from "@/app/_shell/viewer";
import { Link } from "@/app/_ui/link";
import { ClientMessages } from "@/app/i18n/client-messages";
import { getAudioFileId, getPlaysByDay } from "@/lib/posts";
import { isolate } from "@/lib/schemas/isolate";
import type { Post } from "@/lib/schemas/post";
import { readPost } from "./read-post";

const MAX_DESCRIPTION_LENGTH = 180;
const DAYS_OF_PLAYS = 30;

export async function generateMetadata({ params }: PageProps<"/posts/[id]">): Promise<Metadata> {
  const [{ id }, t] = await Promise.all([params, getTranslations("post")]);
  // Undefined when the read failed; the page reads again and reports the error under the site's title.
  const post = await readPost(id).catch(() => undefined);
  if (post === undefined) return {};
  if (post === null) return { title: t("notFoundTitle"), robots: { index: false } };
  const description =
    post.text.replace(/\s+/g, " ").slice(0, MAX_DESCRIPTION_LENGTH).trim() ||
    t("by", { name: isolate(post.authorName) });
  return {
    title: isolate(post.title),
    description,
    authors: [{ name: post.authorName }],
    alternates: { canonical: `/posts/${post.id}` },
    ...(post.visibility === "unlisted" ? { robots: { index: false } } : {}),
    openGraph: {
      type: "article",
      title: post.title,
      description,
      url: `/posts/${post.id}`,
      publishedTime: post.createdAt,
      authors: [post.authorName],
      tags: post.tags,
    },
  };
}

/** The colour depends on the id alone, and a feed knows the cover, so they render immediately; the text streams in. */
export default async function PostPage({ params }: PageProps<"/posts/[id]">) {
  const [{ id }, t] = await Promise.all([params, getTranslations("post")]);
  return (
    <div className="tinted" style={tintStyle(id)}>
      <div className="stage-light" aria-hidden="true" />
      <Page className="pt-5 sm:pt-8">
        <Link
          href="/"
          className="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-muted transition-colors hover:text-ink"
        >
          <ArrowLeft className="size-4" aria-hidden="true" />
          {t("back")}
        </Link>
        <article className="mt-2 grid gap-6 sm:mt-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] lg:gap-12">
          <div className="lg:sticky lg:top-8 lg:self-start">
            <NavigationSuspense skeleton={<KnownCover id={id} sizes={COVER_SIZES} className={COVER_CLASS} />}>
              <CurrentCover id={id} />
            </NavigationSuspense>
          </div>
          <NavigationSuspense skeleton={<PostSkeleton />}>
            <CurrentPost id={id} />
          </NavigationSuspense>
        </article>
      </Page>
    </div>
  );
}

const COVER_SIZES = "(min-width: 64rem) 27rem, 100vw";
const COVER_CLASS =
  "aspect-square w-full rounded-2xl shadow-[0_2rem_5rem_-1.5rem_var(--glow)] max-lg:aspect-[4/3] sm:max-lg:aspect-[2/1]";

async function CurrentCover({ id }: { id: string }) {
  const [found, viewer] = await Promise.all([readPost(id), getShellViewer()]);
  const post = found ?? { id, cover: null, track: null };
  return (
    <>
      <CoverFrame
        post={{ id: post.id, cover: post.cover, track: post.track }}
        sizes={COVER_SIZES}
        eager
        className={COVER_CLASS}
      />
      {found && found.authorId === viewer?.id ? (
        <OwnCoverProblem cover={found.cover} ownerId={found.authorId} of={{ postId: found.id }} />
      ) : null}
    </>
  );
}

async function CurrentPost({ id }: { id: string }) {
  const [post, viewer] = await Promise.all([readPost(id), getShellViewer()]);
  if (!post) notFound();
  const isOwn = viewer?.id === post.authorId;
  return (
    <PostBody
      post={post}
      viewerId={viewer?.id ?? null}
      renderedAt={Date.now()}
      mint={
        <Suspense fallback={null}>
          <PostMint postId={post.id} viewerId={viewer?.id ?? null} isOwn={isOwn} />
        </Suspense>
      }
      playsByDay={
        isOwn && post.track?.status === "ready" ? (
          <Suspense fallback={<div className="mt-6 h-[6.25rem]" />}>
            <OwnPlays id={post.id} />
          </Suspense>
        ) : null
      }
      ownTrack={isOwn && post.track && post.track.status !== "ready" ? <OwnTrack post={post} /> : null}
    />
  );
}

/** The author sees how far the track is. */
async function OwnTrack({ post: { id, authorId, track } }: { post: Post }) {
  const fileId = await readForPage(getAudioFileId(id));
  if (fileId === null || track === null) return null;
  return (
    <ClientMessages namespaces={["uploads", "fileSize"]}>
      <ProcessingPanel
        key={fileId}
        postId={id}
        viewerId={authorId}
        fileId={fileId}
        track={track}
        uploadSettings={getUploadSettings()}
      />
    </ClientMessages>
  );
}

/** Left out when it cannot be read: the page is about the post. */
async function OwnPlays({ id }: { id: string }) {
  const viewer = await getViewerIfKnown();
  if (!viewer) return null;
  const caller = { userId: viewer.id, role: viewer.role };
  const plays = await readForPage(getPlaysByDay(caller, id, DAYS_OF_PLAYS)).catch(toNullWhenUnavailable);
  return plays && <PlaysChart items={plays.items} />;
}
