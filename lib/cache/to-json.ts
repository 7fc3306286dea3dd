import { CacheError } from "./errors";

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
export function findUnserializable(value: unknown, path: string, ancestors: Set<object>): string | null {
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
