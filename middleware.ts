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

/** Everything but the build's own files and pictures, which a CDN answers. */
export const config = {
  matcher: ["/((?!_next/static|_next/image|.*\\.(?:svg|png|ico|webmanifest|txt|xml)$).*)"],
};
