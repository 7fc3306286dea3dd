export { authenticate, authenticateStream, isSessionActive, validateSession } from "./authenticate";
export { changeAccount } from "./change";
export { type ClaimedUser, claimedUser } from "./claimed-user";
export { clearedSessionCookies, getRefreshToken, sessionCookies } from "./cookie";
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
export { listDevices, parseUserAgent } from "./devices";
export { eraseSessionBatch, evictAccountSessions } from "./erase-account";
export { type IssuedTokens, startSession } from "./issue-tokens";
export { ACCESS_TOKEN_TTL_SECONDS, SESSION_IDLE_SECONDS, SESSION_TTL_SECONDS } from "./limits";
export { getSession, getUserSessions, updateSession } from "./read";
export { refreshSession } from "./refresh";
export { newRefreshToken } from "./refresh-token";
export { type RevokeReason, type Session, sessionExpiryMs } from "./session";
export { tidiedSessionsSchema, tidySessions } from "./tidy";
export { blacklistToken, isTokenBlacklisted } from "./tokens";
