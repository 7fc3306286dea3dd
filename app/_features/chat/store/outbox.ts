import type { Pending } from "./conversation-view";

/**
 * Messages that were written and that the server may not have yet, kept in this browser until it has them. One entry a
 * message, so that tabs do not overwrite each other's; sent by two of them it is one message all the same. Per person:
 * two people at one computer must not send each other's words.
 */

const PREFIX = "normaldance:outbox";

const keyOf = (viewerId: string, chatId: string, clientId: string) =>
  `${PREFIX}:${viewerId}:${chatId}:${clientId}`;

export type Kept = Pick<Pending, "clientId" | "text" | "replyTo" | "attachments" | "createdAt">;

/** Best effort: a browser without storage still sends, it only does not remember. */
export function keepUnsent(
  viewerId: string,
  chatId: string,
  { clientId, text, replyTo, attachments, createdAt }: Pending,
): void {
  const kept: Kept = { clientId, text, replyTo, attachments, createdAt };
  try {
    localStorage.setItem(keyOf(viewerId, chatId, clientId), JSON.stringify(kept));
  } catch {
    // private windows and full disks
  }
}

export function forgetUnsent(viewerId: string, chatId: string, clientId: string): void {
  try {
    localStorage.removeItem(keyOf(viewerId, chatId, clientId));
  } catch {
    // as above
  }
}

/** In the order in which they were written. */
export function unsentOf(viewerId: string, chatId: string): Kept[] {
  return entries(`${PREFIX}:${viewerId}:${chatId}:`).map(([, kept]) => kept);
}

/** Chats of a person in which something is unsent. */
export function chatsWithUnsent(viewerId: string): string[] {
  const start = `${PREFIX}:${viewerId}:`;
  return [...new Set(entries(start).map(([key]) => key.slice(start.length).split(":")[0] ?? ""))];
}

function entries(start: string): [string, Kept][] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(start))
      .flatMap((key): [string, Kept][] => {
        const kept = parse(localStorage.getItem(key));
        return kept ? [[key, kept]] : [];
      })
      .sort(([, a], [, b]) => a.createdAt.localeCompare(b.createdAt));
  } catch {
    return [];
  }
}

/** What this site has written itself, unless somebody was at it. */
function parse(json: string | null): Kept | null {
  try {
    const kept = JSON.parse(json ?? "null") as Partial<Kept> | null;
    if (typeof kept?.clientId !== "string" || typeof kept.text !== "string") return null;
    return {
      clientId: kept.clientId,
      text: kept.text,
      replyTo: kept.replyTo ?? null,
      attachments: Array.isArray(kept.attachments) ? kept.attachments : [],
      createdAt: typeof kept.createdAt === "string" ? kept.createdAt : "",
    };
  } catch {
    return null;
  }
}
