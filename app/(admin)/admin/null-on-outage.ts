import "server-only";
import { isOutage } from "@/lib/core/http";
import { log } from "@/lib/core/log";

/**
 * What a page of the console reads; null when a backend could not be reached, which the page then says. Anything
 * else that is thrown goes on: a redirect, a page that does not exist, a fault of ours.
 */
export async function nullOnOutage<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (cause) {
    if (!isOutage(cause)) throw cause;
    log().warn({ err: cause }, "a page of the console says that Postgres does not answer");
    return null;
  }
}
