import { NextResponse } from "next/server";
import {
  DATA_POLICY,
  NONCE_HEADER,
  newNonce,
  pagePolicy,
  setSecurityHeaders,
  surroundings,
} from "@/lib/core/security-headers";
import { refusal, secondsLeft, setLimitHeaders, takeToken } from "@/lib/rate-limit";

/** The gate at the edge: one token from the policy table, and the headers every answer carries. */
export async function middleware(request: Request): Promise<Response> {
  const limited = await takeToken(request);
  const nonce = newNonce();
  const around = surroundings();
  const policy = isData(request) ? DATA_POLICY : pagePolicy(nonce, around);
  const response =
    limited?.allowed === false
      ? refusal(request, secondsLeft(limited), nonce)
      : NextResponse.next({ request: { headers: told(request, nonce, policy) } });
  if (limited) setLimitHeaders(response.headers, limited);
  setSecurityHeaders(response.headers, policy, around);
  return response;
}

function isData(request: Request): boolean {
  return new URL(request.url).pathname.startsWith("/api/");
}

/** Next takes the nonce of its scripts from the policy, the layout that of its own from the header. */
function told(request: Request, nonce: string, policy: string): Headers {
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
