import { createHash } from "node:crypto";
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
