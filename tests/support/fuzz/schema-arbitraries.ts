import fc from "fast-check";
import { z } from "zod";

/**
 * From a zod schema to values for the fuzz run. A text in double braces, `{{order}}`, stands for an id, an address or
 * a code that the run fills in: so a seed makes the same requests whatever the ids are.
 */

/** What {@link inputArbitrary} puts in for strings that name things, by how their schema calls them. */
export interface KnownValues {
  ids: readonly string[];
  emails: readonly string[];
  texts: readonly string[];
}

type JsonSchemaNode = Record<string, unknown>;

/**
 * Inputs that a schema takes, most of the time. From its JSON schemas of what goes in and of what comes out: where
 * the one says no more than "text" (a pipe, a transform), the other often knows better.
 */
export function inputArbitrary(schema: z.ZodType, known: KnownValues): fc.Arbitrary<unknown> {
  const nodes = (["input", "output"] as const).map(
    (io) => z.toJSONSchema(schema, { io, unrepresentable: "any" }) as JsonSchemaNode,
  );
  return mergedArbitrary(nodes, known);
}

function mergedArbitrary(nodes: readonly JsonSchemaNode[], known: KnownValues): fc.Arbitrary<unknown> {
  const [first, ...rest] = nodes.filter((node) => Object.keys(node).length > 0);
  if (!first) return fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.integer({ min: 0, max: 60 }).map(String));
  if ([first, ...rest].every((node) => node.properties)) return objectArbitrary([first, ...rest], known);
  return fc.oneof(...[first, ...rest].map((node) => nodeArbitrary(node, known)));
}

function objectArbitrary(nodes: readonly JsonSchemaNode[], known: KnownValues): fc.Arbitrary<unknown> {
  const properties = nodes.map((node) => node.properties as Record<string, JsonSchemaNode>);
  const names = [...new Set(properties.flatMap(Object.keys))];
  const model = Object.fromEntries(
    names.map((name) => [
      name,
      mergedArbitrary(
        properties.flatMap((nodeProperties): JsonSchemaNode[] =>
          nodeProperties[name] ? [nodeProperties[name]] : [],
        ),
        known,
      ),
    ]),
  );
  const required = (nodes[0]?.required ?? []) as string[];
  return fc.record(model, { requiredKeys: names.filter((name) => required.includes(name)) });
}

function nodeArbitrary(node: JsonSchemaNode, known: KnownValues): fc.Arbitrary<unknown> {
  const alternatives = (node.anyOf ?? node.oneOf) as JsonSchemaNode[] | undefined;
  if (alternatives) return fc.oneof(...alternatives.map((one) => nodeArbitrary(one, known)));
  if ("const" in node) return fc.constant(node.const);
  if (Array.isArray(node.enum)) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case "string":
      return stringArbitrary(node, known);
    case "integer":
    case "number":
      return numberArbitrary(node);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(nodeArbitrary((node.items ?? {}) as JsonSchemaNode, known), {
        minLength: Number(node.minItems ?? 0),
        maxLength: Math.min(Number(node.maxItems ?? 4), 4),
      });
    case "object":
      return node.properties
        ? objectArbitrary([node], known)
        : fc.dictionary(
            fc.string({ maxLength: 12 }),
            nodeArbitrary(node.additionalProperties as JsonSchemaNode, known),
            {
              maxKeys: 4,
            },
          );
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function stringArbitrary(
  { format, pattern, minLength, maxLength }: JsonSchemaNode,
  known: KnownValues,
): fc.Arbitrary<string> {
  if (format === "uuid") return fc.constantFrom(...known.ids);
  if (format === "email") return fc.constantFrom(...known.emails);
  if (format === "date-time" || format === "date") {
    const date = fc.date({ noInvalidDate: true }).map((at) => at.toISOString());
    return format === "date" ? date.map((at) => at.slice(0, 10)) : date;
  }
  if (format === "uri") return fc.webUrl({ validSchemes: ["https"] });
  if (typeof pattern === "string") return fc.stringMatching(new RegExp(pattern));
  const length = {
    minLength: Number(minLength ?? 0),
    maxLength: Math.min(Number(maxLength ?? 40), 40),
  };
  return fc.oneof(
    fc.constantFrom(...known.texts, ...known.emails),
    fc.string({ ...length, unit: "grapheme" }),
  );
}

function numberArbitrary({ type, minimum, maximum, exclusiveMinimum }: JsonSchemaNode): fc.Arbitrary<number> {
  const min = Number(minimum ?? (exclusiveMinimum === undefined ? -1_000 : Number(exclusiveMinimum) + 1));
  const max = Number(maximum ?? Math.max(min, 1_000));
  const integers = fc.integer({
    min: Math.max(Math.ceil(min), Number.MIN_SAFE_INTEGER),
    max: Math.min(Math.floor(max), Number.MAX_SAFE_INTEGER),
  });
  return type === "integer" ? integers : fc.oneof(integers, fc.double({ min, max, noNaN: true }));
}

/** Puts what is known in for the placeholders. */
export function fillPlaceholders(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    Object.hasOwn(known, name) ? (known[name] ?? whole) : whole,
  );
}
