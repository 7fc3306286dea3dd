import { promisify } from "node:util";
import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from "node:zlib";
import { z } from "zod";
import { newId } from "../core/ids";
import { decodeValue } from "../redis";
import type { Entry } from "./memory";
import { CacheError, type NamespaceSpec } from "./validation";

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

/**
 * Writes a value as JSON, if parsing it gives the same value. A property that is `undefined` is left out.
 * @throws {CacheError} not_json, with the path and type of the first offending value
 */
export function toJson(value: unknown): string {
  const problem = findUnserializable(value, "value", new Set());
  if (problem) {
    throw new CacheError(
      "not_json",
      `${problem} cannot be cached: store JSON values only (times as ISO strings, big numbers as strings)`,
    );
  }
  return JSON.stringify(value);
}

/** Path and type of the first part that JSON would lose or change; null when there is none. */
function findUnserializable(value: unknown, path: string, ancestors: Set<object>): string | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number") return Number.isFinite(value) ? null : `${path} (${value})`;
  if (typeof value !== "object") return `${path} (${typeof value})`;
  if (ancestors.has(value)) return `${path} (circular)`;
  ancestors.add(value);
  try {
    if (Array.isArray(value)) {
      // By index: `Object.entries` skips the holes of a sparse array, which become null in JSON.
      for (let index = 0; index < value.length; index += 1) {
        const problem = findUnserializable(value[index], `${path}[${index}]`, ancestors);
        if (problem) return problem;
      }
      return null;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if ((prototype !== Object.prototype && prototype !== null) || "toJSON" in value) {
      return `${path} (${value.constructor?.name ?? "an object"})`;
    }
    for (const [name, inner] of Object.entries(value)) {
      const problem = inner === undefined ? null : findUnserializable(inner, `${path}.${name}`, ancestors);
      if (problem) return problem;
    }
    return null;
  } finally {
    ancestors.delete(value);
  }
}

/** Freezes a JSON value recursively: it is shared, so a mutation would reach every reader. */
function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** Larger inputs go to the thread pool: above this size blocking the event loop costs more than the hand-over. */
const MAX_SYNC_BYTES = 64 * 1024;
/** Limit of the decompressed size: far above any entry, and low enough to stop a decompression bomb. */
const MAX_DECOMPRESSED_BYTES = 32 * 1024 * 1024;

const deflateAsync = promisify(deflateRaw);
const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw);

/** Deflates text and encodes it as base64, because Redis is called over HTTP with JSON bodies. */
async function compress(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const packed = bytes.length <= MAX_SYNC_BYTES ? deflateRawSync(bytes) : await deflateAsync(bytes);
  return packed.toString("base64");
}

/** @throws when the input was not made by `compress` */
async function decompress(base64: string): Promise<string> {
  const packed = Buffer.from(base64, "base64");
  const options = { maxOutputLength: MAX_DECOMPRESSED_BYTES };
  const bytes =
    packed.length <= MAX_SYNC_BYTES / 4
      ? inflateRawSync(packed, options)
      : await inflateAsync(packed, options);
  return bytes.toString();
}
