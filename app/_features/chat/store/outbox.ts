import type { OutgoingMessage } from "./conversation-view";

/**
 * Messages that were written and that the server may not have yet, kept in this browser until it has them. One entry a
 * message, so that tabs do not overwrite each other's; sent by two of them it is one message all the same. Per person:
 * two people at one computer must not send each other's words.
 */

const KEY_PREFIX = "normaldance:outbox";

const storageKey = (viewerId: string, chatId: string, clientId: string) =>
  `${KEY_PREFIX}:${viewerId}:${chatId}:${clientId}`;

export type OutboxEntry = Pick<
  OutgoingMessage,
  "clientId" | "text" | "replyTo" | "attachments" | "createdAt"
>;

/** Best effort: a browser without storage still sends, it only does not remember. */
export function saveUnsent(
  viewerId: string,
  chatId: string,
  { clientId, text, replyTo, attachments, createdAt }: OutgoingMessage,
): void {
  const entry: OutboxEntry = { clientId, text, replyTo, attachments, createdAt };
  try {
    localStorage.setItem(storageKey(viewerId, chatId, clientId), JSON.stringify(entry));
  } catch {
    // private windows and full disks
  }
}

export function removeUnsent(viewerId: string, chatId: string, clientId: string): void {
  try {
    localStorage.removeItem(storageKey(viewerId, chatId, clientId));
  } catch {
    // as above
  }
}

/** In the order in which they were written. */
export function listUnsent(viewerId: string, chatId: string): OutboxEntry[] {
  return readEntries(`${KEY_PREFIX}:${viewerId}:${chatId}:`).map(([, entry]) => entry);
}

/** Chats of a person in which something is unsent. */
export function listChatsWithUnsent(viewerId: string): string[] {
  const keyPrefix = `${KEY_PREFIX}:${viewerId}:`;
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

/** What this site has written itself, unless somebody was at it. */
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
