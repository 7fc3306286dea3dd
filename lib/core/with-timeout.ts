/** A backend did not answer in time. */
export class TimeoutError extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`);
    this.name = "TimeoutError";
  }
}

/**
 * Waits for a call no longer than this, where the client has no limit of its own (QStash's would wait for
 * ever). The call itself goes on and may still take effect: what is repeated after it must stand that.
 * @throws {TimeoutError}
 */
export async function withTimeout<T>(call: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([call, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
