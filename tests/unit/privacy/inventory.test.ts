import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { accountExportSchema } from "@/lib/privacy/export-schema";
import { inventory } from "@/lib/privacy/inventory";

interface Column {
  name: string;
  type: string;
  optional: boolean;
}

interface Model {
  columns: Column[];
  /** Foreign keys to rows other than accounts: a post, a product. */
  toThings: Set<string>;
  /** Foreign keys to accounts, with any name. */
  toPeople: Set<string>;
}

/** The models of prisma/schema.prisma. */
function modelsOf(schema: string): Map<string, Model> {
  const blocks = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)];
  const names = new Set(blocks.map(([, name]) => name));
  return new Map(
    blocks.map(([, name = "", body = ""]) => {
      const fields = [...body.matchAll(/^ {2}(\w+)\s+(\w+)(\[\])?(\?)?(.*)$/gm)];
      const columns: Column[] = [];
      const [toThings, toPeople] = [new Set<string>(), new Set<string>()];
      for (const [, field = "", type = "", , optional, rest = ""] of fields) {
        if (!names.has(type)) columns.push({ name: field, type, optional: optional === "?" });
        else {
          const [, pointers = ""] = /fields: \[([^\]]*)\]/.exec(rest) ?? [];
          const pointing = type === "User" ? toPeople : toThings;
          for (const pointer of pointers.split(",")) pointing.add(pointer.trim());
        }
      }
      return [name, { columns, toThings, toPeople }];
    }),
  );
}

const PERSONAL_NAME =
  /(id|ids|seq|hash)$|email|mail|name|^ip$|address|agent|place|phone|locale|language|password|code|note|text|title|message|description|url|avatar|birth|author|owner|actor|viewer|seller|buyer|member|sender|reader|subject|seen|authenticated|confirmed/i;

/** Whether a column may identify or describe a user. */
function isPersonal(model: string, { toThings, toPeople }: Model, { name, type }: Column): boolean {
  if (toPeople.has(name)) return true;
  if (name === "id" && model !== "User") return false;
  if (toThings.has(name)) return false;
  return type === "Json" || (["String", "Int"].includes(type) && PERSONAL_NAME.test(name));
}

const models = modelsOf(await readFile("prisma/schema.prisma", "utf8"));

describe("lib/privacy/inventory.ts and prisma/schema.prisma", () => {
  it("the schema is parsed", () => {
    expect(models.get("User")?.columns.map(({ name }) => name)).toContain("passwordHash");
    expect(models.get("Post")?.columns.map(({ name }) => name)).not.toContain("author");
    expect(models.size).toBeGreaterThan(15);
  });

  it("every model has an entry, and every entry a model", () => {
    expect(Object.keys(inventory).sort()).toEqual([...models.keys()].sort());
  });

  it.each([...models])("%s: every column that may be personal is in its entry", (name, model) => {
    const known = inventory[name]?.columns ?? {};
    const missing = model.columns
      .filter((column) => isPersonal(name, model, column))
      .filter((column) => !Object.hasOwn(known, column.name));
    expect(missing.map((column) => `${name}.${column.name}`)).toEqual([]);
    const columns = model.columns.map((column) => column.name);
    expect(Object.keys(known).filter((column) => !columns.includes(column))).toEqual([]);
  });

  it("a foreign key to an account is found under any name", () => {
    const model = modelsOf(`model User {
  id String
}
model Post {
  id String
}
model Later {
  id      String @id
  friend  String @db.Uuid
  pal     User   @relation(fields: [friend], references: [id])
  postId  String
  post    Post   @relation(fields: [postId], references: [id])
  guestId String
  extra   Json
}
`).get("Later");
    if (!model) throw new Error("the model was not parsed");
    expect(
      model.columns.filter((column) => isPersonal("Later", model, column)).map(({ name }) => name),
    ).toEqual(["friend", "guestId", "extra"]);
  });

  it("every exported column is a part of the export", () => {
    const parts = Object.keys(accountExportSchema.shape);
    const named = Object.values(inventory).flatMap(({ columns }) =>
      Object.values(columns).flatMap(({ exported }) => exported ?? []),
    );
    expect(named.filter((part) => !parts.includes(part))).toEqual([]);
    const lists = parts.filter((part) => !["format", "version", "exportedAt"].includes(part));
    expect(lists.filter((part) => !named.includes(part))).toEqual([]);
  });

  it("every column that is unnamed on deletion is nullable", () => {
    for (const [name, { columns }] of Object.entries(inventory)) {
      for (const [column, { deletion, note }] of Object.entries(columns)) {
        const found = models.get(name)?.columns.find((each) => each.name === column);
        if (deletion === "unnamed")
          expect(found?.optional || found?.type === "Json", `${name}.${column}`).toBe(true);
        if (deletion === "kept" || deletion === "none") expect(note, `${name}.${column}`).toBeTruthy();
      }
    }
  });
});
