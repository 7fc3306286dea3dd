import { z } from "zod";

/** What of a JSON schema shows: fields, their types and their words. Limits and texts are not names. */
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

/** A line for each field of a JSON schema: `items[].id: string uuid`. */
export function schemaLines(schema: unknown, at = ""): string[] {
  const parsed = nodeSchema.safeParse(schema);
  if (!parsed.success) return [];
  const node = parsed.data;
  const inner = [
    ...[...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])].flatMap((one) =>
      schemaLines(one, at),
    ),
    ...Object.entries(node.properties ?? {}).flatMap(([name, one]) =>
      schemaLines(one, at ? `${at}.${name}` : name),
    ),
    ...(node.items ? schemaLines(node.items, `${at}[]`) : []),
    ...(node.prefixItems ?? []).flatMap((one) => schemaLines(one, `${at}[]`)),
    ...schemaLines(node.additionalProperties, `${at}.*`),
  ];
  const words = [...(node.enum ?? []), ...("const" in node ? [node.const] : [])].map((one) =>
    JSON.stringify(one),
  );
  const type = [node.type ?? [], node.format ?? []].flat().join(" ");
  if (words.length > 0) return [...words.map((word) => `${at}: ${word}`), ...inner];
  return inner.length > 0 ? inner : [`${at}: ${type || "anything"}`];
}

/** The same of a zod schema. @param io  as it is sent, or as it is read */
export function zodLines(schema: z.ZodType, at = "", io: "input" | "output" = "input"): string[] {
  return schemaLines(z.toJSONSchema(schema, { io, unrepresentable: "any" }), at);
}
