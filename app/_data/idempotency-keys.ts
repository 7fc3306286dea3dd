import type { ApiResult } from "@/app/_ui/api-result";
import { randomUuid } from "./random-uuid";

/**
 * Idempotency keys of requests whose outcome is unknown. A user who repeats one unchanged, after a 503 or a lost
 * connection, sends the same key, and the server does it once.
 */
export class IdempotencyKeys<Call> {
  /** @param keys  StoredKeys, or a WeakMap where calls are objects */
  constructor(private readonly keys: KeyMap<Call>) {}

  /** Runs the call under its key, and keeps the key until there is an answer. */
  async run<T>(call: Call, send: (key: string) => Promise<ApiResult<T>>): Promise<ApiResult<T>> {
    const key = this.keys.get(call) ?? randomUuid();
    this.keys.set(call, key);
    const result = await send(key);
    if (!isOutcomeUnknown(result)) this.keys.delete(call);
    return result;
  }
}

const UNKNOWN_OUTCOMES = new Set(["network", "unexpected", "internal", "unavailable"]);

function isOutcomeUnknown(result: ApiResult<unknown>): boolean {
  return !result.ok && UNKNOWN_OUTCOMES.has(result.failure.code);
}

interface KeyMap<Call> {
  get(call: Call): string | undefined;
  set(call: Call, key: string): unknown;
  delete(call: Call): boolean;
}
