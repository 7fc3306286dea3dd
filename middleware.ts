import { NextResponse } from "next/server";
import {
  DATA_CONTENT_POLICY,
  getSecurityContext,
  NONCE_HEADER,
  newNonce,
  pageContentPolicy,
  setSecurityHeaders,
} from "@/lib/core/security-headers";
import { getRetryAfterSeconds, rateLimitedResponse, setLimitHeaders, takeToken } from "@/lib/rate-limit";

/** The gate at the edge: one token from the policy table, and the headers every answer carries. */
export async function middleware(request: Request): Promise<Response> {
  const decision = await takeToken(request);
  const nonce = newNonce();
  const securityContext = getSecurityContext();
  const policy = isApiRequest(request) ? DATA_CONTENT_POLICY : pageContentPolicy(nonce, securityContext);
  const response =
    decision?.allowed === false
      ? rateLimitedResponse(request, getRetryAfterSeconds(decision), nonce)
      : NextResponse.next({ request: { headers: forwardedHeaders(request, nonce, policy) } });
  if (decision) setLimitHeaders(response.headers, decision);
  setSecurityHeaders(response.headers, policy, securityContext);
  return response;
}

function isApiRequest(request: Request): boolean {
  return new URL(request.url).pathname.startsWith("/api/");
}

/** Next takes the nonce of its scripts from the policy, the layout that of its own from the header. */
function forwardedHeaders(request: Request, nonce: string, policy: string): Headers {
  const headers = new Headers(request.headers);
  headers.set(NONCE_HEADER, nonce);
  headers.set("content-security-policy", policy);
  headers.delete("content-security-policy-report-only");
  return headers;
}

/**
 * Everything but the build's own files, which a CDN answers: each by its name, since a path that merely looks
 * like a file may be a page or a route that has to work for its answer (`/sitemap.xml`, `/api/posts/a.png`).
 */
export const config = {
  matcher: [
    "/((?!_next/static/|(?:demo/snow-on-nevsky\\.wav|favicon\\.ico|icon1\\.png|icon2\\.png|apple-icon\\.png|manifest\\.webmanifest|robots\\.txt)$).*)",
  ],
};
