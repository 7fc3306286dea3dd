import { createHash } from "node:crypto";

/** A Lua script: everything that must be atomic is one. */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

/** By hash and by source: what is sent says which script it is by one of the two. */
const scriptNames = new Map<string, string>();

/** @param source headed by its KEYS, ARGV and return value */
export function defineScript(name: string, source: string): RedisScript {
  const sha1 = createHash("sha1").update(source).digest("hex");
  scriptNames.set(sha1, name).set(source, name);
  return { name, source, sha1 };
}

/** The name of a script that was defined here, by its hash or its source. */
export function scriptName(script: string): string | undefined {
  return scriptNames.get(script);
}
