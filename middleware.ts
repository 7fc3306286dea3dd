import { NextResponse } from "next/server";
import { AppError } from "@/lib/core/errors";
import { failureResponse } from "@/lib/core/http/failure";
import { localeOf } from "@/lib/core/http/locale-of";
import { newId } from "@/lib/core/ids";
import { secondsLeft, setLimitHeaders, takeToken } from "@/lib/rate-limit";

/** The gate at the edge: one token from the policy table, and the headers every answer carries. */
export async function middleware(request: Request): Promise<Response> {
  const limited = await takeToken(request);
  const response = limited?.allowed === false ? refuse(request, secondsLeft(limited)) : NextResponse.next();
  if (limited) setLimitHeaders(response.headers, limited);
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Frame-Options", "DENY");
  response.headers.set("Referrer-Policy", "strict-origin-when-cross-origin");
  return response;
}

function refuse(request: Request, retryAfterSeconds: number): Response {
  const error = new AppError("rate_limited", { retryAfterSeconds });
  return failureResponse(error, localeOf(request.headers), newId());
}

/** Everything but the build's own files and pictures, which a CDN answers. */
export const config = {
  matcher: ["/((?!_next/static|_next/image|.*\\.(?:svg|png|ico|webmanifest|txt|xml)$).*)"],
};
