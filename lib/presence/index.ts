import { createPresenceService } from "./presence-service";

export { heartbeatSchema, presenceQuerySchema, presencesSchema } from "./api";
export type { Presence, PresenceList } from "./presence-service";
export type { PresenceState } from "./presence-state";

/** This instance's part of the presence service; see lib/presence/presence-service.ts for what each does. */
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
