import type { MetadataRoute } from "next";
import { connection } from "next/server";
import { env } from "@/lib/core/env";

export default async function robots(): Promise<MetadataRoute.Robots> {
  // APP_URL is known only at run time; a build has no environment.
  await connection();
  return {
    rules: {
      userAgent: "*",
      allow: "/",
      disallow: ["/api/", "/admin", "/me", "/orders", "/posts/new", "/shop/new", "/bonuses", "/r/"],
    },
    sitemap: `${env().APP_URL}/sitemap.xml`,
  };
}
