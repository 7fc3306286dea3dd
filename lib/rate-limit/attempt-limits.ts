import { parseNetwork } from "../core/network";
import { keys } from "../redis/keys";
import { accountHash } from "./account-hash";
import type { LimitBucket } from "./buckets";
import { verifyDeviceCookie } from "./device-cookie";
import { requireTokens, withFailureLimit } from "./handler-limiter";
import { type LimitPolicy, handlerPolicies as policies } from "./policies";

/** An attempt of an anonymous caller on an account. */
export interface AccountAttempt {
  email: string;
  /** Null when no proxy is trusted to send it: then only the gate's limit for all anonymous callers applies. */
  ip: string | null | undefined;
}

/**
 * Runs an attempt to sign in, unless too many have failed: for this account from any address, or from this address
 * for any account. A browser that has signed in to this account before has a separate bucket and takes no tokens from
 * those two. An account that does not exist is limited like one that does.
 *
 * @param device  the device cookie (`getDeviceCookie`)
 * @throws {AppError} rate_limited, before any work is done; else what the attempt throws
 */
export function withSignInLimit<R>(
  { email, ip, device }: AccountAttempt & { device: string | null | undefined },
  attempt: () => Promise<R>,
): Promise<R> {
  const route = "/api/auth/sign-in";
  const deviceId = verifyDeviceCookie(device ?? null, email);
  const buckets = deviceId
    ? [createBucket(policies.device, `device-${deviceId}`, route)]
    : accountBuckets({ email, ip }, route);
  return withFailureLimit(buckets, attempt);
}

/**
 * Takes a token for a mail to an account's address. Every request counts, also one for an unknown address.
 * @throws {AppError} rate_limited
 */
export async function requireMailAllowance(attempt: AccountAttempt): Promise<void> {
  await requireTokens(accountBuckets(attempt, "/api/auth/forgot-password"));
}

/**
 * Runs an attempt to set an account's password with a valid link. Only failures count: each has cost a check of a new
 * password.
 * @throws {AppError} rate_limited
 */
export function withPasswordResetLimit<R>(email: string, attempt: () => Promise<R>): Promise<R> {
  const callerId = `account-${accountHash(email)}`;
  return withFailureLimit([createBucket(policies.account, callerId, "/api/auth/reset-password")], attempt);
}

/**
 * Runs a signed-in user's attempt to enter the password again. Each session has its own bucket, so that a stolen
 * session cannot use up the tokens of its owner's.
 * @throws {AppError} rate_limited
 */
export function withPasswordLimit<R>(sessionId: string, attempt: () => Promise<R>): Promise<R> {
  return withFailureLimit(
    [createBucket(policies.session, `session-${sessionId}`, "/api/auth/confirm-password")],
    attempt,
  );
}

/**
 * Takes a token for a message to a Telegram bot. Counted by bot, since the caller is always Telegram. Call it after
 * authenticating the caller, or any caller could use up a bot's tokens. Telegram retries after a 429.
 * @throws {AppError} rate_limited
 */
export async function requireBotAllowance(botId: string): Promise<void> {
  await requireTokens([createBucket(policies.telegram, `bot-${botId}`, "/api/webhooks/telegram/:botId")]);
}

function accountBuckets({ email, ip }: AccountAttempt, route: string): LimitBucket[] {
  const network = ip ? parseNetwork(ip) : null;
  return [
    createBucket(policies.account, `account-${accountHash(email)}`, route),
    ...(network ? [createBucket(policies.address, `ip-${network}`, route)] : []),
  ];
}

function createBucket(policy: LimitPolicy, callerId: string, route: string): LimitBucket {
  return { policy, key: keys.throttle(policy.name, callerId, route) };
}
