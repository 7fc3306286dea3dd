import { getTranslations } from "next-intl/server";
import { DOCUMENT_POSTS } from "@/app/_features/posts/feed/card-layout";
import { Feed } from "@/app/_features/posts/feed/feed";
import { FeedIntro } from "@/app/_features/posts/feed/feed-intro";
import { FeedSkeleton } from "@/app/_features/posts/feed/feed-skeleton";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getShellViewer } from "@/app/_shell/viewer";
import { listPosts } from "@/lib/posts";
import { postPageQuerySchema } from "@/lib/schemas/post";

export async function generateMetadata({ searchParams }: PageProps<"/">) {
  const t = await getTranslations("feed");
  const cursor = parseCursorParam(await searchParams);
  // Later pages have a URL for browsers without JavaScript, but only the first page is indexed.
  return cursor ? { title: t("earlierPosts"), robots: { index: false }, alternates: { canonical: "/" } } : {};
}

export default async function FeedPage({ searchParams }: PageProps<"/">) {
  const cursor = parseCursorParam(await searchParams);
  const page = readForPage(listPosts({ cursor, limit: DOCUMENT_POSTS }));
  const posts = page.then(({ items }) => items);
  // Both are awaited below; a render that ends early leaves no unhandled rejection.
  posts.catch(() => {});
  return (
    <Page>
      <FeedIntro continued={cursor !== undefined} posts={posts} />
      <NavigationSuspense key={cursor ?? "newest"} skeleton={<FeedSkeleton />}>
        <CurrentFeed page={page} />
      </NavigationSuspense>
    </Page>
  );
}

async function CurrentFeed({ page }: { page: ReturnType<typeof listPosts> }) {
  const [viewer, { items, nextCursor }] = await Promise.all([getShellViewer(), page]);
  return <Feed posts={items} nextCursor={nextCursor} viewerId={viewer?.id ?? null} renderedAt={Date.now()} />;
}

/** Ignores a cursor that does not parse, so that an old or mangled link still opens the feed. */
function parseCursorParam({ cursor }: Awaited<PageProps<"/">["searchParams"]>): string | undefined {
  const parsed = postPageQuerySchema.safeParse({ cursor });
  return parsed.success ? parsed.data.cursor : undefined;
}
