export { authenticate, refreshTokenOf } from "./authenticate";
export { changeAccount } from "./change";
export { clearedSessionCookies, sessionCookies } from "./cookie";
export { createSession } from "./create";
export { currentUser } from "./current-user";
export {
  clearAllSessions,
  deleteAllUserSessions,
  deleteOtherUserSessions,
  deleteSession,
  replaceSession,
  sessionIdOf,
} from "./delete-sessions";
export { type Device, deviceOf } from "./device";
export { listDevices, type SignedInDevice, signedInDeviceSchema } from "./devices";
export { type Issued, startSession } from "./issue-tokens";
export { ACCESS_TOKEN_TTL_SECONDS, SESSION_IDLE_SECONDS, SESSION_TTL_SECONDS } from "./limits";
export { getSession, getUserSessions, sessionStands, updateSession, validateSession } from "./read";
export { refreshSession } from "./refresh";
export { newRefreshToken } from "./refresh-token";
export { endsAt, type RevokeReason, type Session } from "./session";
export { tidiedSessionsSchema, tidySessions } from "./tidy";
export { blacklistToken, isTokenBlacklisted } from "./tokens";
