export { unnameInNotifications } from "./erase-account";
export { type Notice, type NoticeKind, noticeOf } from "./kinds";
export { markRead, markReadResponseSchema, markReadSchema } from "./mark-read";
export { type NotificationView, notificationSchema } from "./notification";
export {
  changePreferences,
  changePreferencesSchema,
  getPreferences,
  type Level,
  levelsOf,
  type PreferenceKind,
  type Preferences,
  preferenceKinds,
  preferencesSchema,
} from "./preferences";
export {
  listNotifications,
  notificationPageQuerySchema,
  notificationPageSchema,
  unreadCount,
} from "./read";
