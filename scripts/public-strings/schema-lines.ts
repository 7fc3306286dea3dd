import { z } from "zod";

/** The parts of a JSON schema that are listed: fields, their types and enum values, but not limits or descriptions. */
const nodeSchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
});

/** Lists the fields of a JSON schema, one per line: `items[].id: string uuid`. */
export function schemaLines(schema: unknown, at = ""): string[] {
  const parsed = nodeSchema.safeParse(schema);
  if (!parsed.success) return [];
  const node = parsed.data;
  const inner = [
    ...[...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])].flatMap((part) =>
      schemaLines(part, at),
    ),
    ...Object.entries(node.properties ?? {}).flatMap(([name, property]) =>
      schemaLines(property, at ? `${at}.${name}` : name),
    ),
    ...(node.items ? schemaLines(node.items, `${at}[]`) : []),
    ...(node.prefixItems ?? []).flatMap((item) => schemaLines(item, `${at}[]`)),
    ...schemaLines(node.additionalProperties, `${at}.*`),
  ];
  const values = [...(node.enum ?? []), ...("const" in node ? [node.const] : [])].map((value) =>
    JSON.stringify(value),
  );
  const type = [node.type ?? [], node.format ?? []].flat().join(" ");
  if (values.length > 0) return [...values.map((value) => `${at}: ${value}`), ...inner];
  return inner.length > 0 ? inner : [`${at}: ${type || "anything"}`];
}

/** The same for a zod schema. @param io  its input or its output type */
export function zodLines(schema: z.ZodType, at = "", io: "input" | "output" = "input"): string[] {
  return schemaLines(z.toJSONSchema(schema, { io, unrepresentable: "any" }), at);
}
