/**
 * Whether Postgres can store a text: it rejects NUL and unpaired surrogates, which both can arrive through JSON
 * escapes. Safe to import in the browser.
 */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

/** One line break per match; a carriage return with its line feed is one. */
const LINE_BREAK_PATTERN = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;
/** Embeddings, overrides and isolates: they change the direction of the text around them, to its end. */
const DIRECTION_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;
/** Except NUL, which `isStorable` refuses. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters on purpose
const CONTROL_CHARACTERS = /[\u0001-\u001f\u007f-\u009f]/g;

/**
 * A text for a field of one line, as it is stored: in composed form (NFC), with a space for each tab and for line
 * breaks in a row, and without other control characters and those that change the direction of what follows.
 * Variation selectors and joiners stay, because emoji and Persian words need them. Linear time; applied twice, the
 * second time changes nothing.
 */
export function toOneLine(text: string): string {
  return text
    .replace(DIRECTION_CONTROLS, "")
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, " ")
    .replace(CONTROL_CHARACTERS, "")
    .normalize("NFC");
}

/** How many times a text begins a new line. */
export function countLineBreaks(text: string): number {
  return text.match(LINE_BREAK_PATTERN)?.length ?? 0;
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
