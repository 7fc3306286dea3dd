import { type NextFetchEvent, NextResponse } from "next/server";
import { isNavigation } from "@/lib/core/http/error-page";
import { rejectMalformedPath } from "@/lib/core/http/reject-malformed-path";
import { rejectUnknownMethod } from "@/lib/core/http/reject-other-methods";
import {
  DATA_CONTENT_POLICY,
  DATA_PAGE_CONTENT_POLICY,
  getSecurityContext,
  NONCE_HEADER,
  newNonce,
  pageContentPolicy,
  setSecurityHeaders,
} from "@/lib/core/security-headers";
import { flushGateCountsIfDue } from "@/lib/metrics/flush-gate";
import { getRetryAfterSeconds, rateLimitedResponse, setLimitHeaders, takeToken } from "@/lib/rate-limit";

/** The gate: applies the rate limit of the policy table and sets the security headers of every response. */
export async function middleware(
  request: Request,
  event?: Pick<NextFetchEvent, "waitUntil">,
): Promise<Response> {
  const decision = await takeToken(request);
  if (decision) event?.waitUntil(decision.pending);
  event?.waitUntil(flushGateCountsIfDue());
  const nonce = newNonce();
  const securityContext = getSecurityContext();
  const policy = isApiRequest(request)
    ? isNavigation(request.headers)
      ? DATA_PAGE_CONTENT_POLICY
      : DATA_CONTENT_POLICY
    : pageContentPolicy(nonce, securityContext);
  const response =
    decision?.allowed === false
      ? rateLimitedResponse(request, getRetryAfterSeconds(decision), nonce)
      : (rejectUnknownMethod(request, nonce) ??
        rejectMalformedPath(request, nonce) ??
        NextResponse.next({ request: { headers: forwardedHeaders(request, nonce, policy) } }));
  if (decision) setLimitHeaders(response.headers, decision);
  setSecurityHeaders(response.headers, policy, securityContext);
  return response;
}

function isApiRequest(request: Request): boolean {
  return new URL(request.url).pathname.startsWith("/api/");
}

/** Next reads the nonce for its scripts from the policy, the layout reads it from the header. */
function forwardedHeaders(request: Request, nonce: string, policy: string): Headers {
  const headers = new Headers(request.headers);
  headers.set(NONCE_HEADER, nonce);
  headers.set("content-security-policy", policy);
  headers.delete("content-security-policy-report-only");
  return headers;
}

/**
 * Everything except the build's static files and the generated covers, which a CDN serves. They are listed by name,
 * since a path that looks like a file may be a page or a route that does work (`/sitemap.xml`, `/api/posts/a.png`).
 */
export const config = {
  matcher: [
    "/((?!_next/static/|covers/\\d+/[\\w-]+$|(?:demo/snow-on-nevsky\\.wav|favicon\\.ico|icon1\\.png|icon2\\.png|apple-icon\\.png|manifest\\.webmanifest|robots\\.txt|sw\\.js)$).*)",
  ],
};
