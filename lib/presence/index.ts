import { createPresenceService } from "./presence-service";

/** This instance's presence service; lib/presence/presence-service.ts documents the functions. */
export const {
  takeStreamId,
  setOnline,
  report,
  answer,
  setOffline,
  leave,
  getPresences,
  getUserPresence,
  isUserOnline,
  getOnlineUsers,
  getOnlineUsersCount,
  setHidden,
  erasePresence,
  clearAllPresence,
} = createPresenceService();
