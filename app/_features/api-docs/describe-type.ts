import type { Schema } from "./openapi";

/** Follows one `$ref`; an unknown reference becomes an empty schema. */
export function resolveSchema(schema: Schema, schemas: Record<string, Schema>): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name ? (schemas[name] ?? {}) : schema;
}

/** Describes a value in one line, such as `string · uuid · 1…120`. */
export function describeType(schema: Schema, arrayOf: string): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.map((variant) => describeType(variant, arrayOf)).join(" | ");
  if (schema.type === "array") {
    const itemType = schema.items ? describeType(schema.items, arrayOf) : "";
    return [`${arrayOf} ${itemType}`.trim(), describeRange(schema.minItems, schema.maxItems)]
      .filter(Boolean)
      .join(" · ");
  }
  const type = Array.isArray(schema.type)
    ? schema.type.join(" | ")
    : (schema.type ?? schema.$ref?.split("/").at(-1) ?? "any");
  const limits = describeRange(schema.minLength ?? schema.minimum, schema.maxLength ?? schema.maximum);
  const defaultValue = schema.default === undefined ? "" : `= ${JSON.stringify(schema.default)}`;
  return [type, schema.format ?? "", limits, defaultValue].filter(Boolean).join(" · ");
}

function describeRange(low: number | undefined, high: number | undefined): string {
  // zod emits the safe integer limits, which carry no information.
  const finiteLimit = (limit: number | undefined) =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : undefined;
  const from = finiteLimit(low);
  const to = finiteLimit(high);
  if (from !== undefined && to !== undefined) return `${String(from)}…${String(to)}`;
  if (from !== undefined) return `≥ ${String(from)}`;
  return to === undefined ? "" : `≤ ${String(to)}`;
}
