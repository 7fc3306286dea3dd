import { parseReferralCode, referralCodeExists, referralCookie } from "@/lib/bonuses";
import { log } from "@/lib/core/log";

/**
 * GET /r/{code}: a referral link. Redirects to sign-up with the code filled in; a cookie keeps the code for visitors
 * who look around first. An unknown code redirects to plain sign-up.
 */
export async function GET(_: Request, { params }: RouteContext<"/r/[code]">): Promise<Response> {
  const code = parseReferralCode((await params).code);
  const headers = new Headers({ "cache-control": "no-store", location: "/sign-up" });
  if (code && (await isKnownCode(code))) {
    headers.set("location", `/sign-up?ref=${encodeURIComponent(code)}`);
    headers.set("set-cookie", referralCookie(code));
  }
  return new Response(null, { status: 303, headers });
}

/** Accepts any code while Postgres is unavailable: sign-up checks it again. */
async function isKnownCode(code: string): Promise<boolean> {
  try {
    return await referralCodeExists(code);
  } catch (error) {
    log().warn({ err: error }, "referral code accepted unchecked: lookup failed");
    return true;
  }
}
