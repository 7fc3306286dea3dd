/**
 * The limits that handlers apply, since they depend on the body or the session. Not exported by index.ts, which the
 * gate loads: they need Node.
 */
export {
  requireResetRequestAllowance,
  takeBotAllowance,
  takeMailAllowance,
  withPasswordLimit,
  withPasswordResetLimit,
  withSignInLimit,
} from "./attempt-limits";
export { createDeviceCookie, getDeviceCookie } from "./device-cookie";
export {
  callersOfAccount,
  findLimitedBuckets,
  type LimitedBucket,
  liftLimitsOf,
  parseThrottleKey,
} from "./limited-buckets";
export { limitStats } from "./stats";
