/** While somebody writes the others are told at most so often, */
const SAY_EVERY_MS = 4_000;
/** and believe it for so long. */
export const BELIEVED_MS = 6_000;

/** Says that one writes. @param say  tells the server; best effort */
export function typingTeller(say: () => void): () => void {
  let saidAt = 0;
  return () => {
    if (Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    say();
  };
}
