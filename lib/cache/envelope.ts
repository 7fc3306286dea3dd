import { z } from "zod";
import { newId } from "../core/ids";
import { compress, decompress } from "./compress";
import { deepFreeze } from "./deep-freeze";
import type { NamespaceSpec } from "./define-namespaces";
import { CacheError } from "./errors";
import { findUnserializable, toJson } from "./to-json";

/** A cached value with what is known about it. Immutable: it is shared by all who read it. */
export interface Entry {
  /** Changes whenever it is stored anew, so that "the one you have" needs no comparing. */
  readonly id: string;
  readonly value: unknown;
  /** ms since the epoch, by the clock of who loaded it */
  readonly createdMs: number;
  readonly ttlMs: number;
  readonly swrMs: number;
  readonly tags: readonly string[];
  /** Length of the value as JSON, which stands for its size in memory. */
  readonly size: number;
}

/** Smaller values do not shrink enough to be worth it. */
const COMPRESSION_THRESHOLD_BYTES = 1_024;

/** Field order matters: the scripts read the first four by a pattern (lib/cache/scripts.ts). */
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

/** The envelope in what Redis answered; null when it is none. */
export function parseEnvelope(stored: unknown): Envelope | null {
  const parsed = envelopeSchema.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

/** The id of something the scripts took for an envelope, however damaged the rest of it is. */
export function readEnvelopeId(stored: unknown): string | undefined {
  if (typeof stored === "string") return /^\{"id":"([^"]*)"/.exec(stored)?.[1];
  const parsed = z.object({ id: z.string() }).safeParse(stored);
  return parsed.success ? parsed.data.id : undefined;
}

interface EntryOptions {
  ttlSeconds: number;
  tags: readonly string[];
  /** When its loading began: what a slow loader brings is as old as that. */
  createdMs: number;
}

/**
 * Makes an entry of a value somebody brings: a private copy, as JSON will give it back.
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
  // A function or a date is wrong by any schema, and this says what to do.
  if (value !== undefined && findUnserializable(value, "value", new Set())) toJson(value);
  throw new CacheError(
    "invalid_value",
    `the value does not fit its namespace's schema: ${z.prettifyError(parsed.error)}`,
    { cause: parsed.error },
  );
}

/** An entry as it is stored in Redis. */
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

/** The entry in an envelope; null when its value is damaged or does not fit the schema (any more). */
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
