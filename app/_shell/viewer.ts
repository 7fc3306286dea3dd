import "server-only";
import { cache } from "react";
import { listChatIds, listChats } from "@/lib/chat";
import { env } from "@/lib/core/env";
import { log } from "@/lib/core/log";
import { countUnread } from "@/lib/notifications";
import { readCursors } from "@/lib/realtime";
import type { Role } from "@/lib/schemas/enums";
import { claimedUser, currentUser } from "@/lib/sessions";
import { readForPage, withRenderLimit } from "./read-for-page";

export type Viewer = NonNullable<Awaited<ReturnType<typeof currentUser>>>;

/** The viewer as far as the shell must know them. */
export interface ShellViewer {
  id: string;
  /** Null, like `email`, while sessions cannot be read and the cookies do not say it. */
  role: Role | null;
  email: string | null;
  /** Whether the address is confirmed; null when that is unknown. */
  confirmed: boolean | null;
}

/**
 * Share of a page's time that the shell waits for what it can do without. The page inside it does not wait for the
 * shell.
 */
const SHELL_SHARE = 0.4;
const shellLimitMs = () => env().PAGE_TIMEOUT_MS * SHELL_SHARE;

/** The signed-in user, read once per render. @throws like `readForPage` when sessions cannot be read */
export const getViewer = cache((): Promise<Viewer | null> => readForPage(currentUser()));

/** The same for a page that anonymous viewers see too: null when sessions cannot be read. */
export const getViewerIfKnown = cache(async (): Promise<Viewer | null> => {
  try {
    return await getViewer();
  } catch (cause) {
    log().warn({ err: cause }, "sessions unavailable: page rendered for an anonymous viewer");
    return null;
  }
});

/**
 * The same for the shell. When sessions cannot be read, the signed cookies say who it is: an outage signs no user out.
 * Show by it what leads somewhere; whether it opens there is decided again.
 */
export const getShellViewer = cache(async (): Promise<ShellViewer | null> => {
  try {
    return await withRenderLimit(currentUser(), shellLimitMs());
  } catch (cause) {
    log().warn({ err: cause }, "sessions unavailable: shell rendered by the cookies");
    const claimed = await claimedUser();
    return claimed && { ...claimed, email: null, confirmed: null };
  }
});

/** Where the page's stream begins. */
export interface StreamStart {
  /** The viewer's latest chats. */
  chatIds: readonly string[];
  /** By channel: the viewer's own one, and one of each of these chats. */
  cursors: Readonly<Record<string, string>>;
}

const NO_START: StreamStart = { chatIds: [], cursors: {} };
/** The latest chats are subscribed to for their badges; older ones are only polled. */
const MAX_SUBSCRIBED_CHATS = 40;

/**
 * Where the stream of a signed-in page begins. The counts of the shell are read after it, so the page need not read them
 * again when it has joined. Empty while a backend does not answer: the page then does.
 */
export const getShellStreamStart = cache(async (): Promise<StreamStart> => {
  const viewer = await getShellViewer();
  if (!viewer) return NO_START;
  try {
    return await withRenderLimit(readStreamStart(viewer.id), shellLimitMs());
  } catch (cause) {
    log().warn({ err: cause }, "chats unavailable: the page reads them when it has joined");
    return NO_START;
  }
});

async function readStreamStart(viewerId: string): Promise<StreamStart> {
  const chatIds = await listChatIds(viewerId, MAX_SUBSCRIBED_CHATS);
  const channels = [`user:${viewerId}` as const, ...chatIds.map((id) => `chat:${id}` as const)];
  return { chatIds, cursors: await readCursors(channels, ["views"]) };
}

/** The viewer's unread notifications; 0 when the count is unavailable, because the shell must render anyway. */
export const getShellUnreadCount = cache(() => countForShell((id) => countUnread(id)));

/** The viewer's unread messages in all chats; 0 when the count is unavailable. */
export const getShellUnreadMessageCount = cache(() =>
  countForShell(async (id) => (await listChats({ userId: id }, { limit: 1 })).unreadCount),
);

async function countForShell(count: (viewerId: string) => Promise<number>): Promise<number> {
  const viewer = await getShellViewer();
  if (!viewer) return 0;
  await getShellStreamStart();
  try {
    return await withRenderLimit(count(viewer.id), shellLimitMs());
  } catch (cause) {
    log().warn({ err: cause }, "unread count unavailable: shell rendered without it");
    return 0;
  }
}
