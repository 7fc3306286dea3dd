import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { findRoutes, openApiDocument } from "@/scripts/openapi-document";

it("docs/openapi.json matches the routes (npm run openapi)", async () => {
  const written: unknown = JSON.parse(await readFile("docs/openapi.json", "utf8"));
  const current: unknown = JSON.parse(JSON.stringify(openApiDocument(await findRoutes())));
  expect(written).toEqual(current);
});
