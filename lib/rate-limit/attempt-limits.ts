import { parseNetwork } from "../core/network";
import { keys } from "../redis/keys";
import { accountHash } from "./account-hash";
import type { LimitBucket } from "./buckets";
import { verifyDeviceCookie } from "./device-cookie";
import { requireTokens, withFailureLimit } from "./handler-limiter";
import { type LimitPolicy, handlerPolicies as policies } from "./policies";

/** Somebody at the door, and the account they say is theirs. */
export interface AccountAttempt {
  email: string;
  /** Null where no proxy is trusted to name it: then the gate's limit for all of them together is what there is. */
  ip: string | null | undefined;
}

/**
 * Runs an attempt to sign in, unless there were too many that failed: for this account from anywhere, or from this
 * address for any account. A browser that has signed in to this account before has an allowance of its own and uses
 * up none of those. An account that does not exist is limited like one that does.
 *
 * @param device  the cookie (`deviceOf`)
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
 * Asks for a mail to an account's address. Each counts, since each is a mail; so does one for nobody's address.
 * @throws {AppError} rate_limited
 */
export async function requireMailAllowance(attempt: AccountAttempt): Promise<void> {
  await requireTokens(accountBuckets(attempt, "/api/auth/forgot-password"));
}

/**
 * Runs an attempt to set an account's password by a link that is good. Only failures count: each has had a new
 * password weighed.
 * @throws {AppError} rate_limited
 */
export function withPasswordResetLimit<R>(email: string, attempt: () => Promise<R>): Promise<R> {
  const callerId = `account-${accountHash(email)}`;
  return withFailureLimit([createBucket(policies.account, callerId, "/api/auth/reset-password")], attempt);
}

/**
 * Runs an attempt of who is signed in to give the password again, for whatever asks for it. Each session has its own
 * allowance: a stolen one cannot use up its owner's.
 * @throws {AppError} rate_limited
 */
export function withPasswordLimit<R>(sessionId: string, attempt: () => Promise<R>): Promise<R> {
  return withFailureLimit(
    [createBucket(policies.session, `session-${sessionId}`, "/api/auth/confirm-password")],
    attempt,
  );
}

/**
 * Takes a message to a Telegram bot in. By the bot and not by who calls, which is always Telegram: to be asked once
 * the caller has proved to be it, or anybody could use up a bot's messages. Telegram comes back after a 429.
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
