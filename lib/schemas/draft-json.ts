import { isStorable } from "../core/text";
import { MAX_DEFINITION_BYTES } from "./workflow";

/** Deeper than any definition; what walks the JSON afterwards may recurse. */
const MAX_DEPTH = 20;

/**
 * Whether JSON can be stored as the draft of a definition: not too deep, not too large, with strings that Postgres
 * takes. Iterative, so no depth exhausts the stack.
 */
export function isDraftJson(json: unknown): boolean {
  let level: unknown[] = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return false;
    const deeper: unknown[] = [];
    for (const value of level) {
      if (typeof value === "string" && !isStorable(value)) return false;
      if (typeof value !== "object" || value === null) continue;
      if (!Object.keys(value).every(isStorable)) return false;
      for (const child of Object.values(value)) deeper.push(child);
    }
    level = deeper;
  }
  return new TextEncoder().encode(JSON.stringify(json)).length <= MAX_DEFINITION_BYTES;
}
