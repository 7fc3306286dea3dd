/** The tags of what was typed into one field. */
export function parseTags(typed: string): string[] {
  return typed
    .split(/[,\n]/)
    .map((tag) => tag.trim().replace(/^#+/, "").toLowerCase())
    .filter(Boolean);
}
