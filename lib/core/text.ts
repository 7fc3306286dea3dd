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
