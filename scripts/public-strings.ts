import { writeFile } from "node:fs/promises";
import { PUBLIC_STRINGS_FILE, publicStrings } from "./public-strings/document";

/** `npm run public-strings`: writes down every string that somebody outside of the code may know. */
await writeFile(PUBLIC_STRINGS_FILE, publicStrings());
