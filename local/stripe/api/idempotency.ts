import { createHash } from "node:crypto";
import { invalidParameterError, StripeApiError } from "../errors";
import type { StoredResponse } from "../state/model";
import type { State } from "../state/state";
import { canonicalForm } from "../wire/form";

const MAX_KEY_LENGTH = 255;

/** Identifies a request, to tell a repeat from a different request with the same key. */
export interface IdempotentRequest {
  key: string;
  path: string;
  fingerprint: string;
}

/** @throws {StripeApiError} 400 for a key that is too long */
export function toIdempotentRequest(key: string, path: string, form: string): IdempotentRequest {
  if (key.length > MAX_KEY_LENGTH) {
    const message = `Idempotency keys must be at most ${MAX_KEY_LENGTH} characters long.`;
    throw new StripeApiError(400, "idempotency_error", message, {}, false);
  }
  return { key, path, fingerprint: createHash("sha256").update(canonicalForm(form)).digest("hex") };
}

/** Idempotency keys of requests in flight. */
export class IdempotencyLocks {
  private readonly held = new Set<string>();

  /**
   * Returns the stored response of this request, or locks its key until `release` and returns undefined: the caller
   * must then run it.
   *
   * @throws {StripeApiError} 409 while the first request is in flight, 400 when the key belongs to another request
   */
  acquire(state: State, request: IdempotentRequest): StoredResponse | undefined {
    const { key, path, fingerprint } = request;
    if (this.held.has(key)) {
      throw new StripeApiError(
        409,
        "idempotency_error",
        `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
        { code: "idempotency_key_in_use" },
        false,
      );
    }
    const stored = state.tables.keys.get(key);
    if (!stored) {
      this.held.add(key);
      return undefined;
    }
    const advice = `Try using a key other than '${key}' if you meant to execute a different request.`;
    if (stored.path !== path) {
      const what = `the same endpoint they were first used for ('${path}' vs '${stored.path}')`;
      throw keyMismatchError(`Keys for idempotent requests can only be used for ${what}. ${advice}`);
    }
    if (stored.fingerprint !== fingerprint) {
      const what = "the same parameters they were first used with";
      throw keyMismatchError(`Keys for idempotent requests can only be used with ${what}. ${advice}`);
    }
    return stored;
  }

  release(key: string): void {
    this.held.delete(key);
  }
}

const keyMismatchError = (message: string): StripeApiError =>
  new StripeApiError(400, "idempotency_error", message, {}, false);

/** Reads the header; an empty one counts as absent. */
export function parseIdempotencyKey(header: string | string[] | undefined): string | null {
  if (Array.isArray(header)) throw invalidParameterError(undefined, "Only one Idempotency-Key can be sent.");
  return header?.trim() || null;
}
