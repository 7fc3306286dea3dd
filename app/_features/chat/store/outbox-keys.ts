/** Of the entries in localStorage (outbox.ts). Keyed by user: two users of one computer must not send each other's messages. */
export const outboxKeyPrefix = (viewerId: string) => `normaldance:outbox:${viewerId}:`;

/** Whether a user may have unsent messages, in any chat. */
export function hasUnsent(viewerId: string): boolean {
  try {
    const keyPrefix = outboxKeyPrefix(viewerId);
    return Object.keys(localStorage).some((key) => key.startsWith(keyPrefix));
  } catch {
    return false;
  }
}
