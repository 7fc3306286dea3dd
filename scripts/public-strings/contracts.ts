import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { ROOT } from "./program";
import { schemaLines } from "./schema-lines";
import type { Sections } from "./sections";

/** Strings of files that are not code: descriptions of the API, the database and the platform; and the pages. */
export function addContracts(sections: Sections): void {
  addApi(sections);
  addDatabase(sections);
  const { crons } = cronsSchema.parse(readJson("vercel.json"));
  for (const { path: cron, schedule } of crons) sections.add("Crons", `${cron} ${schedule}`);
  const { scripts } = scriptsSchema.parse(readJson("package.json"));
  for (const name of Object.keys(scripts)) sections.add("Commands", `npm run ${name}`);
  const { secrets } = secretsSchema.parse(readJson("secrets-config.json"));
  sections.add("Secrets", ...Object.keys(secrets));
  for (const [, name = ""] of read(".env.example").matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm))
    sections.add("Environment of the example", name);
  for (const file of readdirSync(path.join(ROOT, "app"), { recursive: true, encoding: "utf8" }))
    sections.add("Pages", ...pageOf(file));
}

const cronsSchema = z.object({ crons: z.array(z.object({ path: z.string(), schedule: z.string() })) });
const scriptsSchema = z.object({ scripts: z.record(z.string(), z.string()) });
const secretsSchema = z.object({ secrets: z.record(z.string(), z.unknown()) });

const contentSchema = z.record(z.string(), z.object({ schema: z.unknown().optional() })).optional();
const operationSchema = z.object({
  security: z.array(z.record(z.string(), z.unknown())).optional(),
  "x-role": z.string().optional(),
  "x-limit": z.string().optional(),
  parameters: z.array(
    z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: z.unknown() }),
  ),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ content: contentSchema })),
});
const apiSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()), securitySchemes: z.unknown() }),
});

function addApi(sections: Sections): void {
  const { paths, components } = apiSchema.parse(readJson("docs/openapi.json"));
  for (const [route, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const name = `${method.toUpperCase()} ${route}`;
      sections.add("API", ...operationLines(operation).map((line) => `${name} ${line}`));
    }
  }
  for (const [name, schema] of Object.entries(components.schemas))
    sections.add("API", ...schemaLines(schema).map((line) => `#${name} ${line}`));
  sections.add("API", `security schemes ${JSON.stringify(components.securitySchemes)}`);
}

function operationLines(operation: z.infer<typeof operationSchema>): string[] {
  const { security = [], parameters, requestBody, responses } = operation;
  const schemes = security.map((scheme) => Object.keys(scheme).join("+") || "none");
  const limits = [operation["x-role"], operation["x-limit"]].filter((limit) => limit !== undefined);
  return [
    `auth ${[...schemes, ...limits].join(" ") || "none"}`,
    `answers ${Object.keys(responses).join(" ")}`,
    ...parameters.flatMap(({ name, in: location, required, schema }) =>
      schemaLines(schema, `${location} ${name}${required ? "" : "?"}`),
    ),
    ...contentLines(requestBody?.content, "body"),
    ...Object.entries(responses)
      .filter(([status]) => Number(status) < 400)
      .flatMap(([status, { content }]) => contentLines(content, status)),
  ];
}

function contentLines(content: z.infer<typeof contentSchema>, at: string): string[] {
  return Object.entries(content ?? {}).flatMap(([type, { schema }]) =>
    schema === undefined ? [`${at} ${type}`] : schemaLines(schema).map((line) => `${at} ${line}`),
  );
}

/** Names in Postgres. */
function addDatabase(sections: Sections): void {
  const schema = read("prisma/schema.prisma").replace(/^\s*\/\/.*$/gm, "");
  const blocks = [...schema.matchAll(/^(model|enum) (\w+) \{\n([\s\S]*?)^\}/gm)];
  const models = new Set(blocks.filter(([, kind]) => kind === "model").map(([, , name]) => name));
  for (const [, kind = "", name = "", body = ""] of blocks) {
    const table = /@@map\("([^"]+)"\)/.exec(body)?.[1] ?? name;
    for (const line of body.split("\n").map((text) => text.trim())) {
      const [, field = "", type = ""] = /^(\w+)(?:\s+(\w+))?/.exec(line) ?? [];
      if (field === "" || models.has(type)) continue;
      const column = /@map\("([^"]+)"\)/.exec(line)?.[1] ?? field;
      sections.add("Database", kind === "enum" ? `${table} = ${column}` : `${table}.${column} ${type}`);
    }
  }
  const folders = readdirSync(path.join(ROOT, "prisma/migrations"), { withFileTypes: true });
  for (const folder of folders)
    if (folder.isDirectory()) sections.add("Database", `migration ${folder.name}`);
}

/** Next.js files that are served at their own path. */
const SERVED_FILE =
  /^(page|route|opengraph-image|twitter-image|icon\d*|apple-icon|favicon|sitemap|robots|manifest)\.\w+$/;

/** The path that a file of `app` serves: groups in brackets are left out, and `_folders` serve none. */
function pageOf(file: string): string[] {
  const segments = file.split(path.sep);
  const name = segments.pop() ?? "";
  if (!SERVED_FILE.test(name) || segments.some((segment) => segment.startsWith("_"))) return [];
  const pathname = `/${segments.filter((segment) => !/^\(.*\)$/.test(segment)).join("/")}`;
  const [kind = ""] = name.split(".");
  return [kind === "page" || kind === "route" ? `${kind} ${pathname}` : `${kind} in ${pathname}`];
}

function readJson(file: string): unknown {
  return JSON.parse(read(file));
}

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}
