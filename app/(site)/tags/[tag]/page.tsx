import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { DOCUMENT_POSTS } from "@/app/_features/posts/feed/card-layout";
import { FeedSkeleton } from "@/app/_features/posts/feed/feed-skeleton";
import { LoadMorePosts } from "@/app/_features/posts/feed/load-more-posts";
import { PostList } from "@/app/_features/posts/feed/post-list";
import { FeedViewTracker } from "@/app/_features/posts/views/feed-view-tracker";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page, PageTitle } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getShellViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { listPosts } from "@/lib/posts";
import { isolate } from "@/lib/schemas/isolate";
import { postPageQuerySchema } from "@/lib/schemas/post";
import { canonicalTagPath } from "@/lib/schemas/tag-path";

/** Reads once per request, shared by the page and its metadata. */
const readPosts = cache((tag: string, cursor: string | undefined) =>
  readForPage(listPosts({ tag, cursor, limit: DOCUMENT_POSTS })),
);

export async function generateMetadata({
  params,
  searchParams,
}: PageProps<"/tags/[tag]">): Promise<Metadata> {
  const [tag, query, t] = await Promise.all([parseTag(params), searchParams, getTranslations("tag")]);
  if (tag === null) return { robots: { index: false } };
  const description = t("description", { tag: isolate(tag) });
  // Undefined when the read failed; the page reads again and reports the error.
  const page = await readPosts(tag, parseCursor(query.cursor)).catch(() => undefined);
  const isIndexed = Object.keys(query).length === 0 && page !== undefined && page.items.length > 0;
  return {
    title: `#${isolate(tag)}`,
    description,
    alternates: { canonical: canonicalTagPath(tag) },
    openGraph: { type: "website", title: `#${tag}`, description, url: canonicalTagPath(tag) },
    // Later pages have an address for browsers without JavaScript, and anything can be asked for as a tag.
    ...(isIndexed ? {} : { robots: { index: false } }),
  };
}

export default async function TagPage({ params, searchParams }: PageProps<"/tags/[tag]">) {
  const [tag, t, { cursor: cursorParam }] = await Promise.all([
    parseTag(params),
    getTranslations("tag"),
    searchParams,
  ]);
  if (tag === null) notFound();
  const cursor = parseCursor(cursorParam);
  return (
    <Page>
      <div className="pt-8 pb-7 sm:pt-12 sm:pb-9">
        <PageTitle className="[overflow-wrap:anywhere]">
          <span aria-hidden="true" className="text-mark">
            #
          </span>
          <bdi>{tag}</bdi>
        </PageTitle>
        <p className="mt-3 text-muted sm:text-lg">{t(cursor === undefined ? "lead" : "earlier")}</p>
      </div>
      <NavigationSuspense key={`${tag}:${cursor ?? "newest"}`} skeleton={<FeedSkeleton />}>
        <TaggedPosts tag={tag} cursor={cursor} />
      </NavigationSuspense>
    </Page>
  );
}

async function TaggedPosts({ tag, cursor }: { tag: string; cursor: string | undefined }) {
  const [t, viewer, { items, nextCursor }] = await Promise.all([
    getTranslations("tag"),
    getShellViewer(),
    readPosts(tag, cursor),
  ]);
  if (items.length === 0)
    return (
      <EmptyState level="h2" title={t("emptyTitle")} text={t("emptyText", { tag: isolate(tag) })}>
        <Button asChild size="large">
          <Link href="/posts/new">{t("action")}</Link>
        </Button>
      </EmptyState>
    );
  const viewerId = viewer?.id ?? null;
  const renderedAt = Date.now();
  const list = (
    <section aria-label={`#${tag}`} className="@container">
      <h2 className="sr-only">{t("lead")}</h2>
      <PostList posts={items} startIndex={0} renderedAt={renderedAt} viewerId={viewerId} />
      {nextCursor ? (
        <LoadMorePosts
          key={nextCursor}
          cursor={nextCursor}
          startIndex={items.length}
          renderedAt={renderedAt}
          viewerId={viewerId}
          tag={tag}
        />
      ) : null}
    </section>
  );
  return viewerId ? <FeedViewTracker viewerId={viewerId}>{list}</FeedViewTracker> : list;
}

/** Null for what cannot be a tag. */
async function parseTag(params: PageProps<"/tags/[tag]">["params"]): Promise<string | null> {
  const { tag } = await params;
  try {
    return postPageQuerySchema.shape.tag.parse(decodeURIComponent(tag)) ?? null;
  } catch {
    // Not a tag, or not valid as a part of an address.
    return null;
  }
}

/** Ignores a cursor that does not parse, so that an old or mangled link still opens the page. */
function parseCursor(cursor: string | string[] | undefined): string | undefined {
  return postPageQuerySchema.shape.cursor.safeParse(cursor).data;
}
