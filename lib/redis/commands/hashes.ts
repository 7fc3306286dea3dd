import { z } from "zod";
import {
  decodeValue,
  encodeValue,
  type RedisValue,
  type ReplyReader,
  type RunCommand,
  readCount,
  readFlag,
  readPairs,
  readTexts,
  readValue,
  readValues,
} from "./codec";

/** The fields of a hash that is one record, each with its own schema. */
export type HashShape = Readonly<Record<string, z.ZodType>>;
type HashValue<S extends HashShape> = z.output<z.ZodObject<S>>;

/** Commands on hashes. Each is atomic. */
export function hashCommands(run: RunCommand) {
  /** The whole record; null when the key is missing or a field does not match its schema (counted). */
  function hgetall<S extends HashShape>(key: string, shape: S): Promise<HashValue<S> | null>;
  /** Every field that matches the schema, by name; others are left out (counted). */
  function hgetall<T>(key: string, schema: z.ZodType<T>): Promise<Record<string, T>>;
  function hgetall(key: string, schemaOrShape: z.ZodType | HashShape): Promise<unknown> {
    return run(
      ["HGETALL", key],
      schemaOrShape instanceof z.ZodType ? readFields(schemaOrShape) : readHash(schemaOrShape),
    );
  }

  return {
    hgetall,

    /** One field; null when it is missing or does not match the schema (counted). */
    hget: <T>(key: string, field: string, schema: z.ZodType<T>): Promise<T | null> =>
      run(["HGET", key, field], readValue(schema)),

    /** Sets fields and keeps the others; returns how many are new. Safe to repeat. */
    hset: async (key: string, fields: Readonly<Record<string, RedisValue>>): Promise<number> => {
      const list = Object.entries(fields).flatMap(([field, value]) => [field, encodeValue(value)]);
      return list.length === 0 ? 0 : run(["HSET", key, ...list], readCount);
    },

    /** Returns how many of the fields existed. Safe to repeat. */
    hdel: async (key: string, ...fields: string[]): Promise<number> =>
      fields.length === 0 ? 0 : run(["HDEL", key, ...fields], readCount),

    hexists: (key: string, field: string): Promise<boolean> => run(["HEXISTS", key, field], readFlag),

    /** Field names, in no order. */
    hkeys: (key: string): Promise<string[]> => run(["HKEYS", key], readTexts),

    /** Values that match the schema, in no order; others are left out (counted). */
    hvals: <T>(key: string, schema: z.ZodType<T>): Promise<T[]> => run(["HVALS", key], readValues(schema)),

    hlen: (key: string): Promise<number> => run(["HLEN", key], readCount),
  };
}

function readFields<T>(schema: z.ZodType<T>): ReplyReader<Record<string, T>> {
  return (reply, invalid) =>
    Object.fromEntries(
      readPairs(reply).flatMap(([field, text]) => {
        const parsed = decodeValue(text, schema);
        if (parsed.success) return [[field, parsed.data]];
        invalid();
        return [];
      }),
    );
}

function readHash(shape: HashShape): ReplyReader<Record<string, unknown> | null> {
  return (reply, invalid) => {
    const stored = new Map(readPairs(reply));
    if (stored.size === 0) return null;
    const fields: [string, unknown][] = [];
    for (const [field, schema] of Object.entries(shape)) {
      const text = stored.get(field);
      const parsed = text === undefined ? schema.safeParse(undefined) : decodeValue(text, schema);
      if (!parsed.success) {
        invalid();
        return null;
      }
      if (text !== undefined || parsed.data !== undefined) fields.push([field, parsed.data]);
    }
    return Object.fromEntries(fields);
  };
}
