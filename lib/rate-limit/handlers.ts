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
} from "./attempts";
export { deviceCookie, deviceOf } from "./device";
export { limitStats } from "./stats";
