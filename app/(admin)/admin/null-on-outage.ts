import "server-only";
import { isOutage } from "@/lib/core/http";
import { log } from "@/lib/core/log";

/**
 * Reads the data of a console page; null when a backend is unreachable, which the page then shows. Rethrows everything
 * else: redirects, not-found errors and bugs.
 */
export async function nullOnOutage<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (cause) {
    if (!isOutage(cause)) throw cause;
    log().warn({ err: cause }, "console page rendered without data: backend unavailable");
    return null;
  }
}
