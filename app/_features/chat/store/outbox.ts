import type { NewMessage } from "./chat-api";
import type { OutgoingMessage } from "./conversation-view";
import { outboxKeyPrefix } from "./outbox-keys";

/**
 * Messages that the server may not have yet, kept in localStorage until it has them. One entry per message, so that
 * tabs do not overwrite each other's; a message sent by two tabs is stored once.
 */

const storageKey = (viewerId: string, chatId: string, clientId: string) =>
  `${outboxKeyPrefix(viewerId)}${chatId}:${clientId}`;

export type OutboxEntry = Pick<
  OutgoingMessage,
  "clientId" | "text" | "replyTo" | "attachments" | "createdAt"
>;

/** The request that sends it. */
export function toNewMessage({ clientId, text, replyTo, attachments }: OutboxEntry): NewMessage {
  return { clientId, text, replyToId: replyTo?.id, attachmentIds: attachments.map(({ id }) => id) };
}

/** Best effort: without storage the message is sent, but does not survive the page. */
export function saveUnsent(
  viewerId: string,
  chatId: string,
  { clientId, text, replyTo, attachments, createdAt }: OutgoingMessage,
): void {
  const entry: OutboxEntry = { clientId, text, replyTo, attachments, createdAt };
  try {
    localStorage.setItem(storageKey(viewerId, chatId, clientId), JSON.stringify(entry));
  } catch {
    // storage is unavailable (private window) or full
  }
}

export function removeUnsent(viewerId: string, chatId: string, clientId: string): void {
  try {
    localStorage.removeItem(storageKey(viewerId, chatId, clientId));
  } catch {
    // storage is unavailable
  }
}

/** In the order in which they were written. */
export function listUnsent(viewerId: string, chatId: string): OutboxEntry[] {
  return readEntries(`${outboxKeyPrefix(viewerId)}${chatId}:`).map(([, entry]) => entry);
}

/** Ids of the chats in which a user has unsent messages. */
export function listChatsWithUnsent(viewerId: string): string[] {
  const keyPrefix = outboxKeyPrefix(viewerId);
  return [...new Set(readEntries(keyPrefix).map(([key]) => key.slice(keyPrefix.length).split(":")[0] ?? ""))];
}

function readEntries(keyPrefix: string): [string, OutboxEntry][] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(keyPrefix))
      .flatMap((key): [string, OutboxEntry][] => {
        const entry = parseEntry(localStorage.getItem(key));
        return entry ? [[key, entry]] : [];
      })
      .sort(([, a], [, b]) => a.createdAt.localeCompare(b.createdAt));
  } catch {
    return [];
  }
}

/** Null for an entry that was not written by {@link saveUnsent}. */
function parseEntry(json: string | null): OutboxEntry | null {
  try {
    const entry = JSON.parse(json ?? "null") as Partial<OutboxEntry> | null;
    if (typeof entry?.clientId !== "string" || typeof entry.text !== "string") return null;
    return {
      clientId: entry.clientId,
      text: entry.text,
      replyTo: entry.replyTo ?? null,
      attachments: Array.isArray(entry.attachments) ? entry.attachments : [],
      createdAt: typeof entry.createdAt === "string" ? entry.createdAt : "",
    };
  } catch {
    return null;
  }
}
