/** A backend did not respond in time. */
export class TimeoutError extends Error {
  constructor(limitMs: number) {
    super(`timed out after ${limitMs} ms`);
    this.name = "TimeoutError";
  }
}

/**
 * Limits the wait for a call whose client has no time limit (QStash's waits forever). The call itself goes on and
 * may still take effect: repeat it only if it is safe to repeat.
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

/** Awaits a promise, or returns undefined after the timeout; the promise then continues and its error is dropped. */
export async function withTimeoutOrUndefined<T>(
  promise: Promise<T>,
  timeoutMs: number,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
