/** A backend did not answer in time. */
export class TimeLimitError extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`);
    this.name = "TimeLimitError";
  }
}

/**
 * Waits for a call no longer than this, where the client has no limit of its own (QStash's would wait for
 * ever). The call itself goes on and may still take effect: what is repeated after it must stand that.
 * @throws {TimeLimitError}
 */
export async function withLimit<T>(call: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitError(limitMs)), limitMs);
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    clearTimeout(timer);
  }
}
