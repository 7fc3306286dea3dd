/**
 * Whether Postgres can keep a text: it takes no NUL, and half of a surrogate pair is no character. Both come
 * in through JSON escapes. Safe to import in the browser.
 */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

/** Whether a text shows anything: one of zero-width and control characters alone looks empty. */
export function isVisible(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
}

/**
 * How a word that is looked for may be written, for LIKE. A database whose locale is C knows no case beyond ASCII, so
 * it is also looked for as people write it.
 */
export function caseVariants(q: string): string[] {
  const typed = q.replace(/[\\%_]/g, "\\$&");
  const text = typed.toLowerCase();
  const name = text.replace(/(^|[^\p{L}])(\p{L})/gu, (part) => part.toUpperCase());
  const first = text.replace(/\p{L}/u, (letter) => letter.toUpperCase());
  return [...new Set([typed, text, name, first, text.toUpperCase()])];
}
