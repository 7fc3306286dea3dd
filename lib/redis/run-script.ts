import { errors } from "@upstash/redis";
import { redis } from "./client";
import type { RedisScript } from "./define-script";

/**
 * Runs a script in one round trip; two when the server does not have it cached (first use, or after a restart).
 * The second call is safe: on NOSCRIPT the server has run nothing.
 *
 * @returns the reply as the SDK decodes it (a string that is JSON is parsed); validate it with a schema
 * @throws {RedisUnavailableError} the script may have been applied
 */
export async function runScript(
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const argv = args.map(String);
  return withEvalFallback(
    () => redis().evalsha(script.sha1, [...keys], argv),
    () => redis().eval(script.source, [...keys], argv),
  );
}

/** Runs `evalBySha` and, when the server replies NOSCRIPT, `evalBySource`. */
export async function withEvalFallback<T>(
  evalBySha: () => Promise<T>,
  evalBySource: () => Promise<T>,
): Promise<T> {
  try {
    return await evalBySha();
  } catch (error) {
    if (!(error instanceof errors.UpstashError) || !error.message.includes("NOSCRIPT")) throw error;
    return evalBySource();
  }
}
