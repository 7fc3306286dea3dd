import "server-only";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { cache } from "react";
import { z } from "zod";

/** The part of OpenAPI 3.1 that the reference shows. Unknown properties are dropped, not rejected. */
const schemaShape = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), schemaShape).optional();
  },
  get items() {
    return schemaShape.optional();
  },
  get anyOf() {
    return z.array(schemaShape).optional();
  },
  get oneOf() {
    return z.array(schemaShape).optional();
  },
});

export type Schema = z.infer<typeof schemaShape>;

const content = z.record(z.string(), z.object({ schema: schemaShape.optional() })).optional();

const operation = z.object({
  summary: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  security: z.array(z.record(z.string(), z.unknown())).optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(["path", "query", "header", "cookie"]),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: schemaShape.optional(),
      }),
    )
    .optional(),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string().optional(), content })).optional(),
});

export type Operation = z.infer<typeof operation>;

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
export type Method = (typeof METHODS)[number];

const documentShape = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), operation).or(z.looseObject({}))),
  components: z.object({ schemas: z.record(z.string(), schemaShape).optional() }).optional(),
});

export interface Endpoint {
  id: string;
  method: Method;
  path: string;
  operation: Operation;
}

export interface ApiReference {
  version: string;
  groups: { name: string; endpoints: Endpoint[] }[];
  schemas: Record<string, Schema>;
  /** The schema of every error response. */
  failure: Schema | undefined;
}

/** Reads the generated reference, grouped; null when it has not been generated. */
export const readApiReference = cache(async (): Promise<ApiReference | null> => {
  let text: string;
  try {
    text = await readFile(path.join(process.cwd(), "docs/openapi.json"), "utf8");
  } catch {
    return null;
  }
  const document = documentShape.parse(JSON.parse(text));
  const groups = new Map<string, Endpoint[]>();
  for (const [pathname, operations] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const parsed = operation.safeParse(Reflect.get(operations, method));
      if (!parsed.success) continue;
      const name = parsed.data.tags?.[0] ?? groupName(pathname);
      const endpoint = { id: endpointId(method, pathname), method, path: pathname, operation: parsed.data };
      groups.set(name, [...(groups.get(name) ?? []), endpoint]);
    }
  }
  return {
    version: document.info.version,
    groups: [...groups].map(([name, endpoints]) => ({ name, endpoints })),
    schemas: document.components?.schemas ?? {},
    failure: findFailureSchema([...groups.values()].flat()),
  };
});

function findFailureSchema(endpoints: Endpoint[]): Schema | undefined {
  for (const { operation } of endpoints) {
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      if (/^[45]/.test(status)) return Object.values(response.content ?? {})[0]?.schema;
    }
  }
  return undefined;
}

/** `/api/posts/{id}` belongs to `posts`. */
function groupName(pathname: string): string {
  return pathname.split("/").filter((segment) => segment !== "" && segment !== "api")[0] ?? "other";
}

function endpointId(method: Method, pathname: string): string {
  return `${method}-${pathname.replace(/[^a-zA-Z0-9]+/g, "-").replace(/^-|-$/g, "")}`;
}
