import { z } from "zod";
import { redis } from "../../redis";
import type { CommandArguments } from "../../redis/guarded-redis";

/** How the whole value of each type is read and written. Values are texts, as everything that this app stores. */

const textsSchema = z.array(z.coerce.string());
const streamSchema = z.array(z.tuple([z.string(), textsSchema]));

const storedValueSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("string"), value: z.string() }),
  z.object({ type: z.enum(["list", "set"]), value: z.array(z.string()) }),
  /** Field, value, field, …; and member, score, member, … */
  z.object({ type: z.enum(["hash", "zset"]), value: z.array(z.string()) }),
  /** Id and fields of each entry. */
  z.object({ type: z.literal("stream"), value: streamSchema }),
]);

export type StoredValue = z.infer<typeof storedValueSchema>;

export const backupEntrySchema = z.intersection(
  z.object({
    key: z.string(),
    /** At the time of the backup; null without one. */
    ttlMs: z.number().int().positive().nullable(),
  }),
  storedValueSchema,
);

export type BackupEntry = z.infer<typeof backupEntrySchema>;

const READ_COMMANDS: Readonly<Record<StoredValue["type"], (key: string) => CommandArguments>> = {
  string: (key) => ["GET", key],
  list: (key) => ["LRANGE", key, 0, -1],
  set: (key) => ["SMEMBERS", key],
  hash: (key) => ["HGETALL", key],
  zset: (key) => ["ZRANGE", key, 0, -1, "WITHSCORES"],
  stream: (key) => ["XRANGE", key, "-", "+"],
};

/** Null for a type that this app does not store. */
export function readCommand(type: string, key: string): CommandArguments | null {
  return type in READ_COMMANDS ? READ_COMMANDS[type as StoredValue["type"]](key) : null;
}

/** Elements, or characters of a string, that an operator is shown. */
const MAX_SHOWN = 100;
const MAX_CHARACTERS = 10_000;

const START_COMMANDS: Readonly<Record<string, (key: string) => CommandArguments>> = {
  string: (key) => ["GETRANGE", key, 0, MAX_CHARACTERS],
  list: (key) => ["LRANGE", key, 0, MAX_SHOWN],
  set: (key) => ["SSCAN", key, 0, "COUNT", MAX_SHOWN + 1],
  hash: (key) => ["HSCAN", key, 0, "COUNT", MAX_SHOWN + 1],
  zset: (key) => ["ZRANGE", key, 0, MAX_SHOWN, "WITHSCORES"],
  stream: (key) => ["XRANGE", key, "-", "+", "COUNT", MAX_SHOWN + 1],
};

/** The beginning of a value, however large it is; empty for a type that this app does not store. */
export async function readStart(type: string, key: string): Promise<{ value: string[]; truncated: boolean }> {
  const command = START_COMMANDS[type]?.(key);
  if (!command) return { value: [], truncated: false };
  const reply = await redis().send(command);
  if (type === "string") {
    const text = String(reply ?? "");
    return { value: [text.slice(0, MAX_CHARACTERS)], truncated: text.length > MAX_CHARACTERS };
  }
  const isScan = type === "set" || type === "hash";
  const [cursor, elements] = isScan && Array.isArray(reply) ? reply : ["0", reply];
  const texts = (Array.isArray(elements) ? elements : []).map((element: unknown) =>
    (typeof element === "string" ? element : JSON.stringify(element)).slice(0, MAX_CHARACTERS),
  );
  const shown = MAX_SHOWN * (type === "hash" || type === "zset" ? 2 : 1);
  return { value: texts.slice(0, shown), truncated: String(cursor) !== "0" || texts.length > shown };
}

/** A reply to {@link readCommand}; null when the key has gone meanwhile. */
export function parseStoredValue(type: string, reply: unknown): StoredValue | null {
  if (reply === null || (Array.isArray(reply) && reply.length === 0)) return null;
  const value = type === "string" || type === "stream" ? reply : textsSchema.parse(reply);
  return storedValueSchema.parse({ type, value });
}

/** Elements of one command: a longer one is slow over HTTP. */
const ELEMENTS_PER_COMMAND = 1_000;

/** The commands that write an entry into a database without its key. */
export function writeCommands({ key, ttlMs, ...stored }: BackupEntry): CommandArguments[] {
  const commands = valueCommands(key, stored);
  return ttlMs === null ? commands : [...commands, ["PEXPIRE", key, ttlMs]];
}

function valueCommands(key: string, stored: StoredValue): CommandArguments[] {
  switch (stored.type) {
    case "string":
      return [["SET", key, stored.value]];
    case "list":
      return inParts(stored.value).map((part) => ["RPUSH", key, ...part]);
    case "set":
      return inParts(stored.value).map((part) => ["SADD", key, ...part]);
    case "hash":
      return inParts(stored.value).map((part) => ["HSET", key, ...part]);
    case "zset":
      return inParts(stored.value).map((part) => ["ZADD", key, ...swapPairs(part)]);
    case "stream":
      return stored.value.map(([id, fields]) => ["XADD", key, id, ...fields]);
  }
}

function inParts(values: readonly string[]): string[][] {
  const count = Math.ceil(values.length / ELEMENTS_PER_COMMAND);
  return Array.from({ length: count }, (_, part) =>
    values.slice(part * ELEMENTS_PER_COMMAND, (part + 1) * ELEMENTS_PER_COMMAND),
  );
}

/** `[member, score, …]` as `[score, member, …]`. */
function swapPairs(list: readonly string[]): string[] {
  return list.flatMap((item, index) => (index % 2 === 0 ? [list[index + 1] ?? "0", item] : []));
}
