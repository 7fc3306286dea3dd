import { createHash } from "node:crypto";
import { errors } from "@upstash/redis";
import { redis } from "./client";

/** A Lua script: everything that must be atomic is one. */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

/** @param source headed by its KEYS, ARGV and return value */
export function defineScript(name: string, source: string): RedisScript {
  return { name, source, sha1: createHash("sha1").update(source).digest("hex") };
}

/**
 * Runs a script in one round trip; two when the server does not know it yet (first use, or a restart).
 * The repeat is safe: a server that does not know a script has run none of it.
 *
 * @returns the raw answer; parse it with a schema
 * @throws {RedisUnavailableError} also when it may have been applied
 */
export async function runScript(
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const argv = args.map(String);
  try {
    return await redis().evalsha(script.sha1, [...keys], argv);
  } catch (error) {
    if (!(error instanceof errors.UpstashError) || !error.message.includes("NOSCRIPT")) throw error;
    return redis().eval(script.source, [...keys], argv);
  }
}
