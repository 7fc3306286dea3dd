import fc from "fast-check";
import { z } from "zod";

/**
 * From a zod schema to values for the fuzz run. A text in double braces, `{{order}}`, stands for an id, an address or
 * a code that the run fills in: so a seed makes the same requests whatever the ids are.
 */

/** What {@link inputsOf} puts in for strings that name things, by how their schema calls them. */
export interface Known {
  ids: readonly string[];
  emails: readonly string[];
  texts: readonly string[];
}

type Node = Record<string, unknown>;

/**
 * Inputs that a schema takes, most of the time. From its JSON schemas of what goes in and of what comes out: where
 * the one says no more than "text" (a pipe, a transform), the other often knows better.
 */
export function inputsOf(schema: z.ZodType, known: Known): fc.Arbitrary<unknown> {
  const nodes = (["input", "output"] as const).map(
    (io) => z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Node,
  );
  return inputOf(nodes, known);
}

function inputOf(nodes: readonly Node[], known: Known): fc.Arbitrary<unknown> {
  const [first, ...rest] = nodes.filter((node) => Object.keys(node).length > 0);
  if (!first) return fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.integer({ min: 0, max: 60 }).map(String));
  if ([first, ...rest].every((node) => node.properties)) return objectOf([first, ...rest], known);
  return fc.oneof(...[first, ...rest].map((node) => single(node, known)));
}

function objectOf(nodes: readonly Node[], known: Known): fc.Arbitrary<unknown> {
  const properties = nodes.map((node) => node.properties as Record<string, Node>);
  const names = [...new Set(properties.flatMap(Object.keys))];
  const model = Object.fromEntries(
    names.map((name) => [
      name,
      inputOf(
        properties.flatMap((of): Node[] => (of[name] ? [of[name]] : [])),
        known,
      ),
    ]),
  );
  const required = (nodes[0]?.required ?? []) as string[];
  return fc.record(model, { requiredKeys: names.filter((name) => required.includes(name)) });
}

function single(node: Node, known: Known): fc.Arbitrary<unknown> {
  const alternatives = (node.anyOf ?? node.oneOf) as Node[] | undefined;
  if (alternatives) return fc.oneof(...alternatives.map((one) => single(one, known)));
  if ("const" in node) return fc.constant(node.const);
  if (Array.isArray(node.enum)) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case "string":
      return textOf(node, known);
    case "integer":
    case "number":
      return numberOf(node);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(single((node.items ?? {}) as Node, known), {
        minLength: Number(node.minItems ?? 0),
        maxLength: Math.min(Number(node.maxItems ?? 4), 4),
      });
    case "object":
      return node.properties
        ? objectOf([node], known)
        : fc.dictionary(fc.string({ maxLength: 12 }), single(node.additionalProperties as Node, known), {
            maxKeys: 4,
          });
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textOf({ format, pattern, minLength, maxLength }: Node, known: Known): fc.Arbitrary<string> {
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

function numberOf({ type, minimum, maximum, exclusiveMinimum }: Node): fc.Arbitrary<number> {
  const min = Number(minimum ?? (exclusiveMinimum === undefined ? -1_000 : Number(exclusiveMinimum) + 1));
  const max = Number(maximum ?? Math.max(min, 1_000));
  const whole = fc.integer({
    min: Math.max(Math.ceil(min), Number.MIN_SAFE_INTEGER),
    max: Math.min(Math.floor(max), Number.MAX_SAFE_INTEGER),
  });
  return type === "integer" ? whole : fc.oneof(whole, fc.double({ min, max, noNaN: true }));
}

/** Puts what is known in for the placeholders. */
export function filled(text: string, known: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    Object.hasOwn(known, name) ? (known[name] ?? whole) : whole,
  );
}
