import { AsyncLocalStorage } from "node:async_hooks";

/**
 * The id of the request that is being answered, or of the one that caused the running task: tasks store it, so that
 * operators find the request behind a task, and its log lines.
 */
const storage = new AsyncLocalStorage<string>();

/** Undefined outside of requests and tasks. */
export function currentRequestId(): string | undefined {
  return storage.getStore();
}

/** Runs work under a request's id; without one, under the current one. */
export function withRequestId<R>(id: string | null, work: () => R): R {
  return id === null ? work() : storage.run(id, work);
}
