/**
 * The actions in the audit log. Never rename or reuse a name: old rows contain it. The comments above the groups name
 * the subject.
 */
export const AUDIT_ACTIONS = [
  // user:{id}
  "sign_up",
  "sign_in",
  /** A wrong password for an existing account; there is no actor. */
  "sign_in_failed",
  "sign_out",
  /** A wrong password where a dangerous action requires it again. */
  "password_confirm_failed",
  /** One session, the others or all, ended by the user or by a change of the account. */
  "sessions_ended",
  /** A refresh token was used twice, so one use was by a thief; its session is revoked. */
  "refresh_reused",
  "password_changed",
  "password_change_failed",
  "password_reset_asked",
  "password_reset",
  "address_change_asked",
  "address_changed",
  "address_confirmed",
  "name_changed",
  "handle_changed",
  "role_changed",
  /** A Telegram user may act for the account in a bot. */
  "telegram_linked",
  "telegram_unlinked",
  "account_exported",
  /** Signed out and kept from signing in, by an operator. */
  "account_blocked",
  "account_unblocked",
  /** Requested by the user; hidden from then on. */
  "account_deleted",
  /** Nothing of a deleted account is left but its id in this log; there is no actor. */
  "account_erased",
  // task:{id}
  "task_cancelled",
  "task_replayed",
  /** Replayed with another payload. */
  "task_edited",
  // queue:{name}
  "queue_paused",
  "queue_resumed",
  // alert:{id}
  "alert_closed",
  // report:{id}
  "report_dismissed",
  "report_resolved",
  // order:{id}
  "refund_asked",
  // product:{id}
  /** Another seller's product, archived by an administrator. */
  "product_archived",
  // bot:{id}
  "bot_added",
  /** Also when the same token is given again. */
  "bot_token_changed",
  "bot_renamed",
  "bot_paused",
  "bot_resumed",
  "bot_deleted",
  "workflow_added",
  "workflow_deleted",
  "workflow_published",
  "workflow_rolled_back",
  /** A draft was run for one Telegram user. */
  "workflow_tested",
  "workflows_imported",
  /** A person's execution was changed by who runs the bot. */
  "execution_resumed",
  "execution_cancelled",
  "execution_moved",
  // app
  "sessions_cleared",
  /** A caller got all tokens of the rate limits again; the subject is the user, if it is one. */
  "limits_lifted",
  /** Dead tasks were replayed by a filter. */
  "tasks_redriven",
  /** Dead tasks were cancelled by a filter. */
  "tasks_cancelled",
  /** A test was sent to where alerts go. */
  "alert_tested",
  "cache_cleared",
  "presence_cleared",
  /** Redis was filled from a file. */
  "redis_restored",
  /** A key was deleted by an operator. */
  "redis_key_deleted",
  /** A key got a TTL by an operator. */
  "redis_key_expired",
  /** All keys of a kind were deleted. */
  "redis_kind_deleted",
  /** All keys were read, with what they say of people. */
  "redis_backed_up",
  /** Entries with a tag were removed from the cache. */
  "cache_tag_invalidated",
  /** A sync of views was started by hand. */
  "views_synced",
  // post:{id}
  /** Its counts were compared with the rows, and set to them. */
  "views_recounted",
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** The target of an action; `app` when it affects everything. */
export type AuditSubject =
  | `${"user" | "task" | "queue" | "alert" | "order" | "product" | "bot" | "post" | "report"}:${string}`
  | "app";
