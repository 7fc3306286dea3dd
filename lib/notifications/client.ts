// The part of this domain that is safe to import in the browser.
export { type NotificationKind, parseNotification, type TypedNotification } from "./kinds";
