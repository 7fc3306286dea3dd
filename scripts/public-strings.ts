import { writeFile } from "node:fs/promises";
import { PUBLIC_STRINGS_FILE, publicStrings } from "./public-strings/document";

/** `npm run public-strings`: lists every string that anything outside the code may depend on. */
await writeFile(PUBLIC_STRINGS_FILE, publicStrings());
