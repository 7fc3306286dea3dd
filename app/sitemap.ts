import type { MetadataRoute } from "next";
import { connection } from "next/server";
import { env } from "@/lib/core/env";
import { listPosts } from "@/lib/posts";
import { listProducts } from "@/lib/shop";

const ITEMS_PER_READ = 50;
/** The newest thousand of each; older ones are reached through the feed and the shop. */
const MOST_READS = 20;

/** Fails as a whole when Postgres is down: crawlers keep the last one, which beats an empty one. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  await connection();
  const base = env().APP_URL;
  const entries: MetadataRoute.Sitemap = [
    { url: `${base}/`, changeFrequency: "hourly", priority: 1 },
    { url: `${base}/leaderboards`, changeFrequency: "hourly", priority: 0.5 },
    { url: `${base}/shop`, changeFrequency: "hourly", priority: 0.8 },
    { url: `${base}/docs`, changeFrequency: "weekly", priority: 0.3 },
  ];
  for await (const post of newest(listPosts)) {
    entries.push({ url: `${base}/posts/${post.id}`, lastModified: post.createdAt });
  }
  for await (const product of newest(listProducts)) {
    entries.push({ url: `${base}/shop/${product.id}`, lastModified: product.createdAt });
  }
  return entries;
}

type List<Item> = (page: {
  cursor: string | undefined;
  limit: number;
}) => Promise<{ items: Item[]; nextCursor: string | null }>;

async function* newest<Item>(list: List<Item>): AsyncGenerator<Item> {
  let cursor: string | undefined;
  for (let read = 0; read < MOST_READS; read++) {
    const page = await list({ cursor, limit: ITEMS_PER_READ });
    yield* page.items;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
