import { writeFile } from "node:fs/promises";
import { LIMIT_TABLE_FILE, limitTable } from "./limit-table";
import { findRoutes, openApiDocument } from "./openapi-document";

/** `npm run openapi`: writes docs/openapi.json and the gate's table of limits from the routes' specs. */
const routes = await findRoutes();
await writeFile("docs/openapi.json", `${JSON.stringify(openApiDocument(routes), null, 2)}\n`);
await writeFile(LIMIT_TABLE_FILE, await limitTable(routes));
