/**
 * Everything sensitive that is written down, by the name it has in the audit log. A name is never changed or used
 * for something else: the rows of years ago carry it. What each subject is stands beside it.
 */
export const AUDIT_ACTIONS = [
  // user:{id}
  "sign_up",
  "sign_in",
  /** A wrong password for an account that exists; nobody is the actor. */
  "sign_in_failed",
  "sign_out",
  /** A wrong password where it is asked for once more, for what is dangerous. */
  "password_confirm_failed",
  /** One, the others or all, by the person or with what was done to the account. */
  "sessions_ended",
  /** A refresh token came twice, so one of the two was stolen; its session is over. */
  "refresh_reused",
  "password_changed",
  "password_change_failed",
  "password_reset_asked",
  "password_reset",
  "address_change_asked",
  "address_changed",
  "address_confirmed",
  "name_changed",
  "role_changed",
  "account_exported",
  "account_deleted",
  // task:{id}
  "task_cancelled",
  "task_replayed",
  // alert:{id}
  "alert_closed",
  // order:{id}
  "refund_asked",
  // product:{id}
  /** Somebody else's, by an administrator. */
  "product_archived",
  // app
  "sessions_cleared",
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What an action is done to. The app itself where it is done to everything. */
export type AuditSubject = `${"user" | "task" | "alert" | "order" | "product"}:${string}` | "app";
