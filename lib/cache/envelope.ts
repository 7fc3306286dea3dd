import { z } from "zod";
import { newId } from "../core/ids";
import { decodeValue } from "../redis";
import { compress, decompress } from "./compress";
import { deepFreeze } from "./deep-freeze";
import type { NamespaceSpec } from "./define-namespaces";
import { CacheError } from "./errors";
import { findUnserializable, toJson } from "./to-json";

/** A cached value with its metadata. Immutable, because all readers share it. */
export interface Entry {
  /** New for each stored value, so that an unchanged entry is recognized without comparing values. */
  readonly id: string;
  readonly value: unknown;
  /** Start of its loading in ms since the epoch, by the clock of the process that loaded it. */
  readonly createdMs: number;
  readonly ttlMs: number;
  readonly swrMs: number;
  readonly tags: readonly string[];
  /** Length of the value as JSON, an estimate of its size in memory. */
  readonly size: number;
}

/** Smaller values do not shrink enough to be worth compressing. */
const COMPRESSION_THRESHOLD_BYTES = 1_024;

/** Field order matters: the scripts match the first four with a pattern (lib/cache/scripts.ts). */
const envelopeSchema = z.object({
  id: z.string(),
  created: z.number(),
  ttl: z.number(),
  swr: z.number(),
  tags: z.array(z.string()),
  codec: z.enum(["json", "deflate"]),
  value: z.unknown(),
});

export type Envelope = z.infer<typeof envelopeSchema>;

/** Parses a text from Redis; null when it is not an envelope. */
export function parseEnvelope(text: string | null): Envelope | null {
  return text === null ? null : (decodeValue(text, envelopeSchema).data ?? null);
}

/** Id of a text that the scripts accept as an envelope, even if the rest of it is damaged. */
export function readEnvelopeId(text: string): string | undefined {
  return /^\{"id":"([^"]*)"/.exec(text)?.[1];
}

interface EntryOptions {
  ttlSeconds: number;
  tags: readonly string[];
  /** Start of the loading, ms since the epoch: a slow loader's value is that old. */
  createdMs: number;
}

/**
 * Makes an entry from a loaded or given value: a private copy, identical to what JSON gives back.
 * @throws {CacheError} not_json, invalid_value
 */
export function createEntry(
  spec: NamespaceSpec,
  value: unknown,
  { ttlSeconds, tags, createdMs }: EntryOptions,
): { entry: Entry; json: string } {
  const json = toJson(validateValue(spec, value));
  const entry: Entry = {
    id: newId(),
    value: deepFreeze(JSON.parse(json)),
    createdMs,
    ttlMs: Math.ceil(ttlSeconds * 1_000),
    swrMs: Math.ceil(spec.swrSeconds * 1_000),
    tags,
    size: json.length,
  };
  return { entry, json };
}

function validateValue(spec: NamespaceSpec, value: unknown): unknown {
  if (value === null && spec.cacheNull) return null;
  const parsed = spec.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  // For a value that JSON cannot represent, `toJson` throws the more helpful error.
  if (value !== undefined && findUnserializable(value, "value", new Set())) toJson(value);
  throw new CacheError(
    "invalid_value",
    `the value does not fit its namespace's schema: ${z.prettifyError(parsed.error)}`,
    { cause: parsed.error },
  );
}

/** Encodes an entry for Redis, compressed if that makes it smaller. */
export async function encodeEntry(
  { id, createdMs, ttlMs, swrMs, tags }: Entry,
  json: string,
): Promise<string> {
  const head = { id, created: createdMs, ttl: ttlMs, swr: swrMs, tags };
  if (Buffer.byteLength(json) > COMPRESSION_THRESHOLD_BYTES) {
    const packed = await compress(json);
    if (packed.length < json.length) return JSON.stringify({ ...head, codec: "deflate", value: packed });
  }
  return `${JSON.stringify({ ...head, codec: "json" }).slice(0, -1)},"value":${json}}`;
}

/** Decodes an envelope; null when its value is damaged or does not match the current schema. */
export async function decodeEntry(spec: NamespaceSpec, envelope: Envelope): Promise<Entry | null> {
  const { id, created, ttl, swr, tags, codec } = envelope;
  try {
    const json = codec === "deflate" ? await decompress(String(envelope.value)) : null;
    const value: unknown = json === null ? envelope.value : JSON.parse(json);
    const size = json?.length ?? JSON.stringify(value).length;
    const base = { id, createdMs: created, ttlMs: ttl, swrMs: swr, tags, size };
    if (value === null && spec.cacheNull) return { ...base, value };
    const parsed = spec.schema.safeParse(value);
    return parsed.success ? { ...base, value: deepFreeze(parsed.data) } : null;
  } catch {
    return null;
  }
}
