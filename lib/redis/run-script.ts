import { errors } from "@upstash/redis";
import { redis } from "./client";
import type { RedisScript } from "./define-script";

/**
 * Runs a script in one round trip; two when the server does not know it yet (first use, or a restart).
 * The repeat is safe: a server that does not know a script has run none of it.
 *
 * @returns the answer as the SDK reads it (a string that is JSON comes as what it says); parse it with a schema
 * @throws {RedisUnavailableError} also when it may have been applied
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

/** The first, and where the server says that it does not know the script, the second. */
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
