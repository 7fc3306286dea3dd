import { NextResponse } from "next/server";
import { refusal, secondsLeft, setLimitHeaders, takeToken } from "@/lib/rate-limit";

/** The gate at the edge: one token from the policy table, and the headers every answer carries. */
export async function middleware(request: Request): Promise<Response> {
  const limited = await takeToken(request);
  const response = limited?.allowed === false ? refusal(request, secondsLeft(limited)) : NextResponse.next();
  if (limited) setLimitHeaders(response.headers, limited);
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Frame-Options", "DENY");
  response.headers.set("Referrer-Policy", "strict-origin-when-cross-origin");
  return response;
}

/**
 * Everything but the build's own files, which a CDN answers: each by its name, since a path that merely looks
 * like a file may be a page or a route that has to work for its answer (`/sitemap.xml`, `/api/posts/a.png`).
 */
export const config = {
  matcher: [
    "/((?!_next/static/|demo/|(?:favicon\\.ico|icon1\\.png|icon2\\.png|apple-icon\\.png|manifest\\.webmanifest|robots\\.txt)$).*)",
  ],
};
