/**
 * Whether Postgres can store a text: it rejects NUL and unpaired surrogates, which both can arrive through JSON
 * escapes. Safe to import in the browser.
 */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

/** Whether a text has a visible character; zero-width and control characters alone look empty. */
export function isVisible(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
}

/**
 * The usual spellings of a search term, escaped for ILIKE: a database with the locale C ignores case for ASCII only
 * and would miss other letters in another case.
 */
export function caseVariants(q: string): string[] {
  const escaped = q.replace(/[\\%_]/g, "\\$&");
  const lower = escaped.toLowerCase();
  const titleCase = lower.replace(/(^|[^\p{L}])(\p{L})/gu, (part) => part.toUpperCase());
  const sentenceCase = lower.replace(/\p{L}/u, (letter) => letter.toUpperCase());
  return [...new Set([escaped, lower, titleCase, sentenceCase, lower.toUpperCase()])];
}
