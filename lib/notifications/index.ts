export { anonymiseAccountNotifications } from "./erase-account";
export { type NotificationKind, parseNotification, type TypedNotification } from "./kinds";
export { markRead, markReadResponseSchema, markReadSchema } from "./mark-read";
export { type NotificationView, notificationSchema } from "./notification";
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
export {
  countUnread,
  listNotifications,
  notificationPageQuerySchema,
  notificationPageSchema,
} from "./read";
