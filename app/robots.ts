import type { MetadataRoute } from "next";
import { connection } from "next/server";
import { env } from "@/lib/core/env";

export default async function robots(): Promise<MetadataRoute.Robots> {
  // the address is known to a running server only; a build has no environment
  await connection();
  return {
    rules: {
      userAgent: "*",
      allow: "/",
      disallow: ["/api/", "/admin/", "/me", "/orders", "/posts/new", "/shop/new", "/bonuses", "/r/"],
    },
    sitemap: `${env().APP_URL}/sitemap.xml`,
  };
}
