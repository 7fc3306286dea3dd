import type { Caller } from "../../core/access-token";
import { requireRole } from "../../core/permission";
import { RedisUnavailableError, redis } from "../../redis";

/** What a server says of itself, or that it does not say it: Upstash's REST API leaves out what needs a connection. */
export type Reported<T> = { offered: true; value: T } | { offered: false; why: string };

/** `INFO` by section; each is a list of `name: value`. */
export type RedisInfo = Record<string, Record<string, string>>;

/**
 * `INFO`, for administrators.
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function readRedisInfo(caller: Pick<Caller, "role">): Promise<RedisInfo> {
  requireRole(caller, "admin");
  return parseInfo(String(await redis().send(["INFO"])));
}

export function parseInfo(text: string): RedisInfo {
  const info: RedisInfo = {};
  let section: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const heading = /^# (.+)$/.exec(line)?.[1];
    if (heading !== undefined) {
      section = {};
      info[heading.toLowerCase()] = section;
      continue;
    }
    const separator = line.indexOf(":");
    if (separator > 0) section[line.slice(0, separator)] = line.slice(separator + 1);
  }
  return info;
}

/**
 * `SLOWLOG GET`, as the server words it; Upstash shows its own in its console.
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function readSlowLog(caller: Pick<Caller, "role">): Promise<Reported<unknown[]>> {
  requireRole(caller, "admin");
  try {
    const reply = await redis().send(["SLOWLOG", "GET", "50"]);
    return { offered: true, value: Array.isArray(reply) ? reply : [] };
  } catch (error) {
    if (error instanceof RedisUnavailableError) throw error;
    return { offered: false, why: error instanceof Error ? error.message : String(error) };
  }
}
