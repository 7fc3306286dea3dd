import fc from "fast-check";
import { z } from "zod";

/**
 * Turns a zod schema into values for the fuzz run. A text in double braces, `{{order}}`, is a placeholder for an id, an
 * address or a code that the run fills in, so that a seed makes the same requests with any ids.
 */

/** The strings that {@link inputArbitrary} uses, by their format in the schema. */
export interface KnownValues {
  ids: readonly string[];
  emails: readonly string[];
  texts: readonly string[];
}

type JsonSchemaNode = Record<string, unknown>;

/**
 * Inputs that a schema mostly accepts. Built from both its input and its output JSON schema: where one is just a string
 * (a pipe, a transform), the other is often more precise.
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
  if (alternatives) return fc.oneof(...alternatives.map((alternative) => nodeArbitrary(alternative, known)));
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
  if (typeof pattern === "string") {
    const expression = new RegExp(pattern);
    const matching = known.texts.filter((text) => expression.test(text));
    const any = fc.stringMatching(expression);
    return matching.length > 0 ? fc.oneof(any, fc.constantFrom(...matching)) : any;
  }
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

/** Replaces placeholders with known values. */
export function fillPlaceholders(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    Object.hasOwn(known, name) ? (known[name] ?? whole) : whole,
  );
}
