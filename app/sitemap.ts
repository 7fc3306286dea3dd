import type { MetadataRoute } from "next";
import { connection } from "next/server";
import { env } from "@/lib/core/env";
import { listPosts } from "@/lib/posts";
import { canonicalTagPath } from "@/lib/schemas/tag-path";
import { listProducts } from "@/lib/shop";

const PAGE_SIZE = 50;
/** The newest thousand posts and products; crawlers reach older ones through the feed and the shop. */
const MAX_PAGES = 20;

/** Fails when Postgres is down: crawlers keep the last sitemap, which is better than an empty one. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  await connection();
  const base = env().APP_URL;
  const entries: MetadataRoute.Sitemap = [
    { url: `${base}/`, changeFrequency: "hourly", priority: 1 },
    { url: `${base}/leaderboards`, changeFrequency: "hourly", priority: 0.5 },
    { url: `${base}/shop`, changeFrequency: "hourly", priority: 0.8 },
    { url: `${base}/docs`, changeFrequency: "weekly", priority: 0.3 },
  ];
  const handles = new Set<string>();
  const tagPaths = new Set<string>();
  for await (const post of listNewest(listPosts)) {
    handles.add(post.authorHandle);
    for (const tag of post.tags) tagPaths.add(canonicalTagPath(tag));
    entries.push({ url: `${base}/posts/${post.id}`, lastModified: post.createdAt });
  }
  for await (const product of listNewest(listProducts)) {
    if (product.sellerHandle !== null) handles.add(product.sellerHandle);
    entries.push({ url: `${base}/shop/${product.id}`, lastModified: product.createdAt });
  }
  for (const handle of handles) entries.push({ url: `${base}/u/${handle}` });
  for (const path of tagPaths) if (path.startsWith("/tags/")) entries.push({ url: `${base}${path}` });
  return entries;
}

type ListPage<Item> = (page: {
  cursor: string | undefined;
  limit: number;
}) => Promise<{ items: Item[]; nextCursor: string | null }>;

async function* listNewest<Item>(list: ListPage<Item>): AsyncGenerator<Item> {
  let cursor: string | undefined;
  for (let pageIndex = 0; pageIndex < MAX_PAGES; pageIndex++) {
    const page = await list({ cursor, limit: PAGE_SIZE });
    yield* page.items;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
