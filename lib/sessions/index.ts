export { authenticate, getRefreshToken } from "./authenticate";
export { changeAccount } from "./change";
export { type ClaimedUser, claimedUser } from "./claimed-user";
export { clearedSessionCookies, sessionCookies } from "./cookie";
export { createSession } from "./create";
export { currentUser } from "./current-user";
export {
  clearAllSessions,
  deleteAllUserSessions,
  deleteOtherUserSessions,
  deleteSession,
  replaceSession,
  sessionIdFromRefreshToken,
} from "./delete-sessions";
export { parseUserAgent } from "./device";
export { listDevices } from "./devices";
export { eraseSessionBatch, evictAccountSessions } from "./erase-account";
export { type IssuedTokens, startSession } from "./issue-tokens";
export { ACCESS_TOKEN_TTL_SECONDS, SESSION_IDLE_SECONDS, SESSION_TTL_SECONDS } from "./limits";
export { getSession, getUserSessions, isSessionActive, updateSession, validateSession } from "./read";
export { refreshSession } from "./refresh";
export { newRefreshToken } from "./refresh-token";
export { type RevokeReason, type Session, sessionExpiryMs } from "./session";
export { tidiedSessionsSchema, tidySessions } from "./tidy";
export { blacklistToken, isTokenBlacklisted } from "./tokens";
