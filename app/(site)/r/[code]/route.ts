import { parseReferralCode, referralCodeExists, referralCookie } from "@/lib/bonuses";
import { log } from "@/lib/core/log";

/**
 * GET /r/{code}: a referral link. It leads to sign-up with the code filled in, and a cookie remembers the code for
 * those who look around first. A code that is nobody's leads to plain sign-up.
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

/** While Postgres is away a code is taken at its word: sign-up checks it again. */
async function isKnownCode(code: string): Promise<boolean> {
  try {
    return await referralCodeExists(code);
  } catch (error) {
    log().warn({ err: error }, "a referral code is not checked");
    return true;
  }
}
