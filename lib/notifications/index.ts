export { anonymiseAccountNotifications } from "./erase-account";
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
