import { createPresenceService } from "./presence-service";

export { heartbeatSchema, presenceQuerySchema, presencesSchema } from "./api";
export type { Presence, PresenceList } from "./presence-service";
export type { PresenceState } from "./presence-state";

/** This instance's presence service; lib/presence/presence-service.ts documents the functions. */
export const {
  setOnline,
  beat,
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
