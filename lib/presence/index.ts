import { createPresenceService } from "./service";

export { heartbeatSchema, presenceQuerySchema, presencesSchema } from "./api";
export type { PresenceState } from "./presence-state";
export type { Presence, Presences } from "./service";

/** This instance's part of the presence service; see lib/presence/service.ts for what each does. */
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
  forgetPresence,
  clearAllPresence,
} = createPresenceService();
