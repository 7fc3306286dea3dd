/** Of an error's message the browser gets nothing but the digest, so the digest says what kind of error it is. */
const PREFIX = "unavailable-";

/** Also the number by which the error is found in the server's log. */
export function newUnavailableDigest(): string {
  return `${PREFIX}${crypto.randomUUID().slice(0, 8)}`;
}

/** Whether an error says that a backend does not answer. For the server and the browser. */
export function isPageUnavailable(error: unknown): boolean {
  return (
    error instanceof Error &&
    "digest" in error &&
    typeof error.digest === "string" &&
    error.digest.startsWith(PREFIX)
  );
}
