// What browsers may load of this domain.
export { type NotificationKind, parseNotification, type TypedNotification } from "./kinds";
