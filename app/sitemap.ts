import type { MetadataRoute } from "next";
import { connection } from "next/server";
import { env } from "@/lib/core/env";
import { listPosts } from "@/lib/posts";

const POSTS_PER_READ = 50;
/** The newest thousand; older posts are reached through the feed. */
const MOST_READS = 20;

/** Fails as a whole when Postgres is down: crawlers keep the last one, which beats an empty one. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  await connection();
  const base = env().APP_URL;
  const entries: MetadataRoute.Sitemap = [
    { url: `${base}/`, changeFrequency: "hourly", priority: 1 },
    { url: `${base}/leaderboards`, changeFrequency: "hourly", priority: 0.5 },
    { url: `${base}/docs`, changeFrequency: "weekly", priority: 0.3 },
  ];
  let cursor: string | undefined;
  for (let read = 0; read < MOST_READS; read++) {
    const page = await listPosts({ cursor, limit: POSTS_PER_READ });
    for (const post of page.items) {
      entries.push({ url: `${base}/posts/${post.id}`, lastModified: post.createdAt });
    }
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return entries;
}
