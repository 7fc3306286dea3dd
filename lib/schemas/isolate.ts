/** Letters and numbers written from right to left, and marks that make text run so. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\u200F\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
/** Embeddings, overrides and isolates; one that is not closed reorders everything after it. */
const DIRECTION_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/**
 * What a user wrote, as a part of a sentence in plain text (a label, a subject, a title): it keeps its own direction
 * and cannot reorder the words around it (Unicode UAX #9, isolates). In markup use `<bdi>`, or `dir="auto"` for a block
 * of its own. A text that runs from left to right is returned as it is. Safe to repeat; truncate before.
 */
export function isolate(text: string): string {
  const plain = text.replace(DIRECTION_CONTROLS, "");
  return plain !== text || RIGHT_TO_LEFT.test(plain) ? `${FIRST_STRONG_ISOLATE}${plain}${POP_ISOLATE}` : text;
}
