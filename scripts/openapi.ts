import { writeFile } from "node:fs/promises";
import { findRoutes, openApiDocument } from "./openapi-document";

/** `npm run openapi`: writes docs/openapi.json from the routes that exist. */
await writeFile("docs/openapi.json", `${JSON.stringify(openApiDocument(await findRoutes()), null, 2)}\n`);
