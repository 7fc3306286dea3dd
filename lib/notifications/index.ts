export { anonymiseNotificationBatch } from "./erase-account";
export { withoutErasedNames } from "./erased-names";
export { markRead } from "./mark-read";
export {
  allowedLevels,
  changePreferences,
  changePreferencesSchema,
  getPreferences,
  type PreferenceKind,
  type Preferences,
  preferenceKinds,
  preferencesSchema,
} from "./preferences";
export { countUnread, listNotifications } from "./read";
