import { z } from "zod";
import { count, type Read, type Run, texts, yes } from "./reply-readers";
import { decode, encode, many, one, pairs, type Value } from "./values";

/** The fields of a hash that is one thing: each with its own schema. */
export type Shape = Readonly<Record<string, z.ZodType>>;
type Thing<S extends Shape> = z.output<z.ZodObject<S>>;

/** Commands on hashes. Atomic each. */
export function hashCommands(run: Run) {
  /** The whole thing, or null when there is none or one of its fields is not as it should be (counted). */
  function hgetall<S extends Shape>(key: string, shape: S): Promise<Thing<S> | null>;
  /** Every field that is as the schema says, by name; others are left out (counted). */
  function hgetall<T>(key: string, schema: z.ZodType<T>): Promise<Record<string, T>>;
  function hgetall(key: string, wanted: z.ZodType | Shape): Promise<unknown> {
    return run(["HGETALL", key], wanted instanceof z.ZodType ? byName(wanted) : thing(wanted));
  }

  return {
    hgetall,

    /** One field; null when there is none, or it is not as the schema says (counted). */
    hget: <T>(key: string, field: string, schema: z.ZodType<T>): Promise<T | null> =>
      run(["HGET", key, field], one(schema)),

    /** Stores fields beside those there are; answers how many are new. Safe to repeat. */
    hset: async (key: string, fields: Readonly<Record<string, Value>>): Promise<number> => {
      const list = Object.entries(fields).flatMap(([field, value]) => [field, encode(value)]);
      return list.length === 0 ? 0 : run(["HSET", key, ...list], count);
    },

    /** How many of the fields were there. Safe to repeat. */
    hdel: async (key: string, ...fields: string[]): Promise<number> =>
      fields.length === 0 ? 0 : run(["HDEL", key, ...fields], count),

    hexists: (key: string, field: string): Promise<boolean> => run(["HEXISTS", key, field], yes),

    /** Names of the fields, in no order. */
    hkeys: (key: string): Promise<string[]> => run(["HKEYS", key], texts),

    /** Values that are as the schema says, in no order. */
    hvals: <T>(key: string, schema: z.ZodType<T>): Promise<T[]> => run(["HVALS", key], many(schema)),

    hlen: (key: string): Promise<number> => run(["HLEN", key], count),
  };
}

function byName<T>(schema: z.ZodType<T>): Read<Record<string, T>> {
  return (reply, invalid) =>
    Object.fromEntries(
      pairs(reply).flatMap(([field, text]) => {
        const parsed = decode(text, schema);
        if (parsed.success) return [[field, parsed.data]];
        invalid();
        return [];
      }),
    );
}

function thing(shape: Shape): Read<Record<string, unknown> | null> {
  return (reply, invalid) => {
    const stored = new Map(pairs(reply));
    if (stored.size === 0) return null;
    const fields: [string, unknown][] = [];
    for (const [field, schema] of Object.entries(shape)) {
      const text = stored.get(field);
      const parsed = text === undefined ? schema.safeParse(undefined) : decode(text, schema);
      if (!parsed.success) {
        invalid();
        return null;
      }
      if (text !== undefined || parsed.data !== undefined) fields.push([field, parsed.data]);
    }
    return Object.fromEntries(fields);
  };
}
