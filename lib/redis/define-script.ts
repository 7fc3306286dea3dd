import { createHash } from "node:crypto";

/** A Lua script. Several commands that must be atomic together are one script. */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

/** By hash and by source: EVALSHA sends the one, EVAL the other. */
const scriptNames = new Map<string, string>();

/** @param source  its KEYS, ARGV and return value are documented where it is defined */
export function defineScript(name: string, source: string): RedisScript {
  const sha1 = createHash("sha1").update(source).digest("hex");
  scriptNames.set(sha1, name).set(source, name);
  return { name, source, sha1 };
}

/** The name of a defined script, by its hash or its source. */
export function scriptName(script: string): string | undefined {
  return scriptNames.get(script);
}
