import { AppError } from "../core/errors";
import { parseNetwork } from "../core/network";
import { keys } from "../redis/keys";
import { accountHash } from "./account-hash";
import type { LimitBucket, LimitRule } from "./buckets";
import { verifyDeviceCookie } from "./device-cookie";
import { requireTokens, takeTokens, withFailureLimit } from "./handler-limiter";
import { getRetryAfterSeconds } from "./limit-headers";
import type { TokenReservation } from "./limiter";
import { type LimitPolicy, handlerPolicies as policies } from "./policies";

/** An attempt of an anonymous caller on an account. */
export interface AccountAttempt {
  email: string;
  /** Null when no proxy is trusted to send it: then all callers count as one address. */
  ip: string | null | undefined;
}

const SIGN_IN = "/api/auth/sign-in";
const FORGOT_PASSWORD = "/api/auth/forgot-password";
const TELEGRAM = "/api/webhooks/telegram/:botId";

const byDevice = ruleOf(policies.device, SIGN_IN);
/** The caller is an account from an address. */
const byAccountAndAddress: LimitRule = (callerId) => [
  ...addressBuckets(callerId, SIGN_IN),
  createBucket(policies.accountTotal, parseAttemptCaller(callerId).account, SIGN_IN),
];
const byResetRequest: LimitRule = (callerId) => addressBuckets(callerId, FORGOT_PASSWORD);
const byResetLink = ruleOf(policies.account, "/api/auth/reset-password");
const bySession = ruleOf(policies.session, "/api/auth/confirm-password");
/** The caller is a Telegram user in a bot. */
const byBotAndPerson: LimitRule = (callerId) => [
  createBucket(policies.telegramPerson, callerId, TELEGRAM),
  createBucket(policies.telegram, callerId.split(CALLER_SEPARATOR)[0] ?? "", TELEGRAM),
];
const byMail = {
  confirm_address: ruleOf(policies.mail, "confirm-address"),
  reset_password: ruleOf(policies.mail, "reset-password"),
} as const;

/**
 * Runs an attempt to sign in, unless too many have failed: for this account from this address, for this account from
 * all addresses, or from this address for any account. A browser that has signed in to this account before has a
 * separate bucket and takes no tokens from those. An account that does not exist is limited like one that does.
 *
 * @param device  the device cookie (`getDeviceCookie`)
 * @throws {AppError} rate_limited, before any work is done; else what the attempt throws
 */
export function withSignInLimit<R>(
  { email, ip, device }: AccountAttempt & { device: string | null | undefined },
  attempt: () => Promise<R>,
): Promise<R> {
  const deviceId = verifyDeviceCookie(device ?? null, email);
  return deviceId
    ? withFailureLimit(byDevice, `device-${deviceId}`, attempt)
    : withFailureLimit(byAccountAndAddress, attemptCaller({ email, ip }), attempt);
}

/**
 * Takes a token for a request to mail a reset link, by account and address: requests from other addresses do not keep the
 * owner from asking. How many are mailed is limited by {@link takeMailAllowance}. Every request counts, also one for an
 * unknown address.
 * @throws {AppError} rate_limited
 */
export async function requireResetRequestAllowance(attempt: AccountAttempt): Promise<void> {
  await requireTokens(byResetRequest, attemptCaller(attempt));
}

/**
 * Takes one of the mails that an address may be sent. Counts by the keyed hash of the address, so the count survives
 * the deletion of the account; each kind has its own, so that mails of one kind cannot use up the other's.
 *
 * @returns whether it may be sent, and how to give it back when it is not sent after all
 */
export function takeMailAllowance(kind: keyof typeof byMail, email: string): Promise<TokenReservation> {
  return takeTokens(byMail[kind], accountCaller(email));
}

/**
 * Runs an attempt to set an account's password with a valid link. Only failures count: each has cost a check of a new
 * password.
 * @throws {AppError} rate_limited
 */
export function withPasswordResetLimit<R>(email: string, attempt: () => Promise<R>): Promise<R> {
  return withFailureLimit(byResetLink, accountCaller(email), attempt);
}

/**
 * Runs a signed-in user's attempt to enter the password again. Each session has its own bucket, so that a stolen
 * session cannot use up the tokens of its owner's.
 * @throws {AppError} rate_limited
 */
export function withPasswordLimit<R>(sessionId: string, attempt: () => Promise<R>): Promise<R> {
  return withFailureLimit(bySession, `session-${sessionId}`, attempt);
}

/**
 * Takes a token of a Telegram user and one of the bot that they write to, or none: who writes too much does not use up
 * what the bot may take from others, and what the bot refuses does not count for who wrote it. Call it after
 * authenticating the caller, who is always Telegram, or any caller could use up a bot's tokens.
 *
 * @returns false: too much for the person, whose update is to be ignored
 * @throws {AppError} rate_limited: too much for the bot. Telegram delivers the update again
 */
export async function takeBotAllowance(botId: string, telegramId: string): Promise<boolean> {
  const taken = await takeTokens(byBotAndPerson, `bot-${botId}${CALLER_SEPARATOR}person-${telegramId}`);
  if (taken.allowed) return true;
  const [person] = taken.statuses;
  if (person?.remaining === 0) return false;
  throw new AppError("rate_limited", { retryAfterSeconds: getRetryAfterSeconds(taken) });
}

/** Separates the two halves of a caller, such as account and address; neither contains it. */
const CALLER_SEPARATOR = "+";

/** `account-{hash}+ip-{network}`; without a trusted address only the account. */
function attemptCaller({ email, ip }: AccountAttempt): string {
  const network = ip ? parseNetwork(ip) : null;
  return [accountCaller(email), ...(network ? [`ip-${network}`] : [])].join(CALLER_SEPARATOR);
}

function parseAttemptCaller(callerId: string): { account: string; address: string | undefined } {
  const [account = callerId, address] = callerId.split(CALLER_SEPARATOR);
  return { account, address };
}

function accountCaller(email: string): string {
  return `account-${accountHash(email)}`;
}

/** The buckets of an account's attempts from one address, and of all attempts from there. */
function addressBuckets(callerId: string, route: string): LimitBucket[] {
  const { address } = parseAttemptCaller(callerId);
  return [
    createBucket(policies.account, callerId, route),
    ...(address ? [createBucket(policies.address, address, route)] : []),
  ];
}

function ruleOf(policy: LimitPolicy, route: string): LimitRule {
  return (callerId) => [createBucket(policy, callerId, route)];
}

function createBucket(policy: LimitPolicy, callerId: string, route: string): LimitBucket {
  return { policy, key: keys.throttle(policy.name, callerId, route) };
}
