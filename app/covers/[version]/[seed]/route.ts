import { coverArt } from "@/app/_art/cover-art";
import { COVER_SEED, COVER_VERSION } from "@/app/_art/cover-url";
import { COVER_SIZE } from "@/app/_art/family";
import { renderSvg } from "@/app/_art/svg-markup";
import { DATA_CONTENT_POLICY, getSecurityContext, setSecurityHeaders } from "@/lib/core/security-headers";

const SIZE = String(COVER_SIZE);
/** The picture of a version never changes. */
const CACHE_CONTROL = "public, max-age=31536000, immutable";
/** Of another version, which another instance draws during a deployment. */
const SHORT_CACHE_CONTROL = "public, max-age=60";

/**
 * GET /covers/{version}/{seed}: the generated cover of an id. It bypasses the gate, like the other static files, so it
 * sets its security headers itself; opened as a document it is sandboxed.
 */
export async function GET(
  _: Request,
  { params }: RouteContext<"/covers/[version]/[seed]">,
): Promise<Response> {
  const { version, seed } = await params;
  const headers = new Headers({ "cache-control": SHORT_CACHE_CONTROL });
  setSecurityHeaders(headers, DATA_CONTENT_POLICY, getSecurityContext());
  if (!COVER_SEED.test(seed)) return new Response(null, { status: 404, headers });
  headers.set("content-type", "image/svg+xml");
  if (version === String(COVER_VERSION)) headers.set("cache-control", CACHE_CONTROL);
  const drawing = renderSvg(coverArt(seed, "c"));
  return new Response(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}">${drawing}</svg>`,
    { headers },
  );
}
