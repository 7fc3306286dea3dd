import { createHash } from "node:crypto";
import { errors } from "@upstash/redis";
import type { z } from "zod";
import { parseReply } from "./commands/codec";
import type { CommandArguments, GuardedRedis } from "./guarded-redis";
import { KEY_LOCKING, READ_ONLY_KEY_LOCKING } from "./script-flags";

/** A Lua script. Several commands that must be atomic together are one script. */
export interface RedisScript {
  readonly name: string;
  /** With its first line, which makes Upstash lock only the script's KEYS. */
  readonly source: string;
  readonly sha1: string;
  /** It is sent by EVAL_RO. */
  readonly readOnly: boolean;
}

/** By hash and by source: EVALSHA sends the one, EVAL the other. */
const scriptNames = new Map<string, string>();

/**
 * Defines a script, which may touch only the keys in KEYS.
 *
 * @param source  its KEYS, ARGV and return value are documented where it is defined
 */
export function defineScript(name: string, source: string): RedisScript {
  return register(name, `${KEY_LOCKING}\n${source.trimStart()}`, false);
}

/**
 * Defines a script that only reads and may be served by a replica. Not for sessions, revoked tokens, invalidations,
 * locks, limits and revisions: of those an old value must not be used.
 */
export function defineReadOnlyScript(name: string, source: string): RedisScript {
  return register(name, `${READ_ONLY_KEY_LOCKING}\n${source.trimStart()}`, true);
}

function register(name: string, source: string, readOnly: boolean): RedisScript {
  const sha1 = createHash("sha1").update(source).digest("hex");
  scriptNames.set(sha1, name).set(source, name);
  return { name, source, sha1, readOnly };
}

/** The name of a defined script, by its hash or its source. */
export function scriptName(script: string): string | undefined {
  return scriptNames.get(script);
}

/** A script with its KEYS and ARGV. */
export type ScriptCall = readonly [
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
];

/** Runs a script by its hash, and by its source where the server does not have it cached. */
export async function runScript<T>(client: GuardedRedis, call: ScriptCall, schema: z.ZodType<T>): Promise<T> {
  try {
    return parseReply(schema, await client.send(byHash(call)));
  } catch (error) {
    if (!isNoScript(error)) throw error;
    // Safe to send: the server has run nothing.
    return parseReply(schema, await client.send(bySource(call)));
  }
}

/** The same for several scripts, in one round trip and one more for each that the server does not have cached. */
export async function runScriptPipeline<T>(
  client: GuardedRedis,
  calls: readonly ScriptCall[],
  schema: z.ZodType<T>,
): Promise<T[]> {
  if (calls.length === 0) return [];
  const replies = await client.sendPipeline(calls.map(byHash));
  const results: T[] = [];
  for (const [index, call] of calls.entries()) {
    const reply = replies[index];
    if (reply?.error && !isNoScript(reply.error)) throw reply.error;
    const result = reply?.error ? await client.send(bySource(call)) : reply?.result;
    results.push(parseReply(schema, result));
  }
  return results;
}

const byHash = ([{ sha1, readOnly }, ...run]: ScriptCall): CommandArguments => [
  readOnly ? "EVALSHA_RO" : "EVALSHA",
  sha1,
  ...scriptArguments(run),
];

const bySource = ([{ source, readOnly }, ...run]: ScriptCall): CommandArguments => [
  readOnly ? "EVAL_RO" : "EVAL",
  source,
  ...scriptArguments(run),
];

const scriptArguments = ([keys, args]: readonly [
  keys: readonly string[],
  args: readonly (string | number)[],
]) => [keys.length, ...keys, ...args.map(String)];

/** Whether a command runs a script. */
export function isScriptCommand([name]: CommandArguments): boolean {
  return /^eval/i.test(name);
}

/** Whether the server does not have a script cached: the caller sends its source. */
export const isNoScript = (error: unknown): boolean =>
  error instanceof errors.UpstashError && error.message.includes("NOSCRIPT");
