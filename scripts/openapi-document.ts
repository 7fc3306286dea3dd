import { readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { ERROR_STATUS } from "@/lib/core/errors";
import { hasOptionalBody, idempotencyKeySchema, type RouteHandler, type RouteSpec } from "@/lib/core/http";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export interface DocumentedRoute {
  /** In OpenAPI's form: `/api/posts/{id}`. */
  path: string;
  method: (typeof METHODS)[number];
  spec: RouteSpec;
  handler: RouteHandler;
}

/** Finds every route of the app in its folders, with the route's spec. */
export async function findRoutes(): Promise<DocumentedRoute[]> {
  const files = await readdir("app/api", { recursive: true });
  const routes: DocumentedRoute[] = [];
  for (const file of files.filter((name) => /(^|\/)route\.ts$/.test(name)).sort()) {
    const segments = path.dirname(file).split(path.sep);
    // The catch-all answers paths without a route.
    if (segments.some((segment) => segment.startsWith("[[..."))) continue;
    // Written so that esbuild bundles all of them (tests/support/processes/bundle-script.ts).
    const module: Record<string, unknown> = await import(
      /* @vite-ignore */ `../app/api/${path.dirname(file)}/route.ts`
    );
    for (const method of METHODS) {
      const handler = module[method];
      if (handler === undefined || (typeof handler === "function" && "refuses" in handler)) continue;
      if (!isDocumented(handler))
        throw new Error(`${method} of app/api/${file} does not go through defineRoute()`);
      const name = segments.map((segment) => segment.replace(/^\[(.+)\]$/, "{$1}")).join("/");
      routes.push({ path: `/api/${name}`, method, spec: handler.spec, handler });
    }
  }
  return routes;
}

function isDocumented(handler: unknown): handler is RouteHandler {
  return typeof handler === "function" && "spec" in handler;
}

const errorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_STATUS) as [keyof typeof ERROR_STATUS]),
    message: z.string().describe("In Russian or English, by Accept-Language"),
    requestId: z.uuid(),
    details: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe("The fields that are wrong"),
  }),
});

/** The OpenAPI 3.1 description of these routes, from their zod schemas. */
export function openApiDocument(routes: readonly DocumentedRoute[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { path: name, method, spec } of routes) {
    paths[name] = { ...paths[name], [method.toLowerCase()]: operationOf(spec) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "NormalDance",
      version: "1",
      description: "Times are ISO 8601 in UTC, ids are UUIDs, lists are paged by cursor.",
    },
    paths,
    components: {
      schemas: { Error: jsonSchemaOf(errorSchema, "output") },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        cookie: { type: "apiKey", in: "cookie", name: "nd_access" },
        cron: { type: "http", scheme: "bearer", description: "CRON_SECRET" },
        metrics: { type: "http", scheme: "bearer", description: "METRICS_TOKEN" },
        qstash: { type: "apiKey", in: "header", name: "Upstash-Signature" },
      },
    },
  };
}

const SECURITY: Record<RouteSpec["auth"], object[]> = {
  public: [],
  optional: [{}, { bearer: [] }, { cookie: [] }],
  user: [{ bearer: [] }, { cookie: [] }],
  admin: [{ bearer: [] }, { cookie: [] }],
  cron: [{ cron: [] }],
  metrics: [{ metrics: [] }],
  qstash: [{ qstash: [] }],
};

function operationOf(spec: RouteSpec) {
  const statuses = [
    ...(spec.params || spec.query || spec.body || spec.bytes ? [400] : []),
    ...(spec.auth === "public" ? [] : [401]),
    ...(spec.auth === "admin" ? [403] : []),
    ...(spec.params ? [404] : []),
    ...(spec.body || spec.bytes ? [413] : []),
    ...((spec.body && !hasOptionalBody(spec)) || spec.bytes ? [415] : []),
    ...(spec.limit === "skip" ? [] : [429]),
    ...[500, 503],
  ];
  return {
    summary: spec.summary,
    security: SECURITY[spec.auth],
    ...(spec.auth === "admin" ? { "x-role": "admin" } : {}),
    ...(spec.limit ? { "x-limit": spec.limit } : {}),
    parameters: [
      ...parameters(spec.params, "path"),
      ...parameters(spec.query, "query"),
      ...(spec.repeatable ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(spec.body
      ? {
          requestBody: {
            required: !hasOptionalBody(spec),
            content: jsonContent(jsonSchemaOf(spec.body, "input")),
          },
        }
      : {}),
    ...(spec.bytes ? { requestBody: { required: true, content: BINARY_CONTENT } } : {}),
    responses: {
      [spec.status ?? 200]: {
        description: "Done",
        content: jsonContent(jsonSchemaOf(spec.response, "output")),
      },
      ...Object.fromEntries(
        statuses.map((status) => [
          status,
          {
            description: describeStatus(status),
            content: jsonContent({ $ref: "#/components/schemas/Error" }),
          },
        ]),
      ),
    },
  };
}

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Made by the client: repeated with the same key, after a 503 for example, the request is done once",
  schema: jsonSchemaOf(idempotencyKeySchema, "input"),
};

function parameters(schema: z.ZodType | undefined, location: "path" | "query") {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema, "input");
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: location,
    required: location === "path" || required.includes(name),
    schema: property,
  }));
}

function jsonSchemaOf(schema: z.ZodType, io: "input" | "output") {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

/** OpenAPI 3.1 omits the schema of a binary body. */
const BINARY_CONTENT = { "*/*": {} };

function jsonContent(schema: unknown) {
  return { "application/json": { schema } };
}

function describeStatus(status: number): string {
  const found = Object.entries(ERROR_STATUS).find(([, code]) => code === status);
  return found?.[0] ?? String(status);
}
