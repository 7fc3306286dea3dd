/**
 * The limits that handlers take by themselves, since they need the body or the session. Not part of index.ts, which
 * the gate loads: these need Node.
 */
export {
  requireBotAllowance,
  requireMailAllowance,
  withPasswordLimit,
  withPasswordResetLimit,
  withSignInLimit,
} from "./attempt-limits";
export { createDeviceCookie, getDeviceCookie } from "./device-cookie";
export { limitStats } from "./stats";
