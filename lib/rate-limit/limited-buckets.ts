import { now } from "../core/clock";
import { keys, redis } from "../redis";
import { scanKeys, scanSomeKeys } from "../redis/scan-keys";
import { accountHash } from "./account-hash";
import type { LimitStatus } from "./buckets";
import { findPolicyByName, type LimitPolicy } from "./policies";
import { readStatus } from "./shared-limiter";

/** Who is limited, for operators: what the buckets in Redis say. */

/** One caller's bucket that has no token left. */
export interface LimitedBucket extends LimitStatus {
  /** `user-{id}`, `ip-{network}`, `account-{hash}+ip-{network}`, … */
  callerId: string;
  /** The route's pattern, `*` for all of a user's, or a kind of mails. */
  route: string;
}

export interface LimitedBuckets {
  items: LimitedBucket[];
  /** How many keys of Redis were gone through, about. */
  walked: number;
  nextCursor: string | null;
}

/**
 * Buckets without a token, of the part of Redis that begins at the cursor. Tokens that an instance took without Redis
 * are not in it.
 *
 * @param callers  whole names of callers (`user-{id}`); by default all
 * @throws {RedisUnavailableError}
 */
export async function findLimitedBuckets(
  cursor?: string,
  callers?: readonly string[],
): Promise<LimitedBuckets> {
  const { found, walked, nextCursor } = await scanSomeKeys(keys.throttle("*", "*", "*"), cursor);
  const buckets = found.flatMap((key) => {
    const parsed = parseThrottleKey(key);
    return parsed && (!callers || callers.some((caller) => isOf(parsed.callerId, caller)))
      ? [{ key, ...parsed }]
      : [];
  });
  const items: LimitedBucket[] = [];
  for (let from = 0; from < buckets.length; from += KEYS_PER_CALL) {
    const part = buckets.slice(from, from + KEYS_PER_CALL);
    const logs = await redis().mget<unknown[]>(part.map(({ key }) => key));
    for (const [index, { key: _, policy, callerId, route }] of part.entries())
      items.push({ callerId, route, ...readStatus(policy, logs[index], now()) });
  }
  return { items: items.filter(({ remaining }) => remaining === 0), walked, nextCursor };
}

const KEYS_PER_CALL = 500;

/**
 * Gives callers all their tokens again: deletes their buckets, with what instances have reserved of them. Instances that
 * have refused a caller go on for a minute at most. Walks all keys of Redis. Safe to repeat.
 *
 * @param callers  as above
 * @returns the names of the policies of the deleted buckets, one for each
 * @throws {RedisUnavailableError}
 */
export async function liftLimitsOf(callers: readonly string[]): Promise<string[]> {
  const lifted: string[] = [];
  for await (const found of scanKeys(keys.throttle("*", "*", "*"))) {
    const buckets = found.flatMap((key) => {
      const parsed = parseThrottleKey(key);
      return parsed && callers.some((caller) => isOf(parsed.callerId, caller))
        ? [{ key, name: parsed.policy.name }]
        : [];
    });
    if (buckets.length === 0) continue;
    await redis().send(["UNLINK", ...buckets.map(({ key }) => key)]);
    lifted.push(...buckets.map(({ name }) => name));
  }
  return lifted;
}

/** The callers that stand for one account: its requests, and attempts to sign in to it from anywhere. */
export function callersOfAccount({ id, email }: { id: string; email: string }): string[] {
  return [`user-${id}`, `account-${accountHash(email)}`];
}

/** Whether a bucket's caller is this one; `account-{hash}` is also that account from any address. */
function isOf(callerId: string, caller: string): boolean {
  return callerId === caller || callerId.startsWith(`${caller}+`);
}

/** Callers have no slash but the one in an IPv6 network (`/56`), after which no route begins. */
const THROTTLE_KEY = /^([^:]+):(.+?):((?:[A-Z]+ )?\/(?!56:).*|\*|[a-z-]+)$/s;

/** Null for a key of another version, and for the library's own. */
export function parseThrottleKey(
  key: string,
): { policy: LimitPolicy; callerId: string; route: string } | null {
  const prefix = `${keys.throttlePrefix}:`;
  const [, name = "", callerId = "", route = ""] =
    THROTTLE_KEY.exec(key.startsWith(prefix) ? key.slice(prefix.length) : "") ?? [];
  const policy = findPolicyByName(name);
  return policy ? { policy, callerId, route } : null;
}
