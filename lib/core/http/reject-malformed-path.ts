import { AppError } from "../errors";
import { newId } from "../ids";
import { getRequestLocale } from "./client-info";
import { errorResponse } from "./error-response";

/**
 * For the gate: the 400 for a path with escapes that are no UTF-8 (`/tags/%E0%A4%A`), else null. Next decodes the
 * parameters of a path before any of our code runs, and answers 500 to these.
 */
export function rejectMalformedPath(request: Request, nonce?: string): Response | null {
  const { pathname } = new URL(request.url);
  if (!pathname.includes("%")) return null;
  try {
    decodeURIComponent(pathname);
    return null;
  } catch {
    const { headers: requestHeaders } = request;
    const error = new AppError("bad_request");
    return errorResponse(error, getRequestLocale(requestHeaders), newId(), { requestHeaders, nonce });
  }
}
