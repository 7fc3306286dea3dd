import "server-only";
import { cache } from "react";
import { env } from "@/lib/core/env";
import { isOutage } from "@/lib/core/http";
import { TimeoutError } from "@/lib/core/with-timeout";
import { newUnavailableDigest } from "./unavailable-digest";

/** Time (ms) that every read gets, however late in the render it starts. */
const MIN_READ_MS = 250;

/** The same for all reads of a render. */
const renderStart = cache(() => performance.now());

/** A page cannot be shown because a backend does not answer. Next passes its digest to the error page. */
export class PageUnavailableError extends Error {
  readonly digest = newUnavailableDigest();

  constructor(cause: unknown) {
    super("page unavailable: a backend does not answer", { cause });
    this.name = "PageUnavailableError";
  }
}

/**
 * Awaits what a page must have, until `PAGE_TIMEOUT_MS` after the start of the render. One limit for all reads of a
 * page: with each backend's own time limits one after another, a reader waits ten seconds and more to learn that
 * nothing works. The read itself goes on after the limit; its result is dropped.
 *
 * @throws {PageUnavailableError} when a backend is down, or does not answer in time; and what the read throws
 */
export async function readForPage<T>(read: Promise<T>): Promise<T> {
  try {
    return await withRenderLimit(read, env().PAGE_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof TimeoutError || isOutage(error)) throw new PageUnavailableError(error);
    throw error;
  }
}

/** For `catch`, where a page does without a read: null for an outage. */
export function toNullWhenUnavailable(error: unknown): null {
  if (error instanceof PageUnavailableError) return null;
  throw error;
}

/** @throws {TimeoutError} when the render is older than `limitMs`, and this read older than {@link MIN_READ_MS} */
export async function withRenderLimit<T>(read: Promise<T>, limitMs: number): Promise<T> {
  const remainingMs = Math.max(MIN_READ_MS, renderStart() + limitMs - performance.now());
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    // After a busy moment of the process, replies that have arrived by then are read first.
    timer = setTimeout(() => setImmediate(() => reject(new TimeoutError(limitMs))), remainingMs);
  });
  read.catch(() => {});
  try {
    return await Promise.race([read, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
