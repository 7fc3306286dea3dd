/**
 * The limits that handlers take by themselves, since they need the body or the session. Not part of index.ts, which
 * the gate loads: these need Node.
 */
export {
  passwordAttempt,
  requireBotAllowance,
  requireMailAllowance,
  resetAttempt,
  signInAttempt,
} from "./attempt-limits";
export { deviceCookie, deviceOf } from "./device-cookie";
export { limitStats } from "./stats";
