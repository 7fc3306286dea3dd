import { clearLastRefresh, readLastRefresh, saveLastRefresh } from "./last-refresh";
import { parseRetryAfter } from "./parse-retry-after";

/**
 * The session as a browser's tabs share it. The access token is short-lived and renewed by a cookie that no script
 * can read; here that is done once for all tabs, and all tabs hear when it is over.
 */

const CHANNEL_NAME = "normaldance:session";
const REFRESH_LOCK = "normaldance:refresh";
const REQUEST_TIMEOUT_MS = 15_000;

/** What came of asking for a new access token. `away` says nothing about the session: nobody could tell. */
export type RefreshResult =
  | { outcome: "renewed" }
  | { outcome: "over" }
  | { outcome: "away"; retryAfterSeconds: number | null };

/** Between tabs: the person whose token is new, or null when the session is over. */
type SessionMessage = { userId: string | null };

/** Whom this page was rendered for. */
let currentUserId: string | null = null;
let isRedirecting = false;
/** Calls of this page's own that end the session, and whether its end was heard of meanwhile. */
let sessionEndingCalls = 0;
let endedDuringCall = false;
let pendingRefresh: Promise<RefreshResult> | null = null;
let onRefreshed: () => void = () => undefined;

/** Whether the page is somebody's: only then is a 401 the end of something. */
export function isAuthenticated(): boolean {
  return currentUserId !== null;
}

/**
 * Says whose page this is, and listens to the other tabs.
 *
 * @param onRefresh  is told when any tab has a new access token
 * @returns ends it
 */
export function startSession(userId: string, onRefresh: () => void): () => void {
  currentUserId = userId;
  onRefreshed = onRefresh;
  const channel = openChannel();
  if (channel) channel.onmessage = ({ data }: MessageEvent<SessionMessage>) => applySessionMessage(data);
  return () => {
    currentUserId = null;
    onRefreshed = () => undefined;
    channel?.close();
  };
}

/** For a page that waits at the door: tells when somebody signs in, in this tab or another. @returns ends it */
export function onSignedIn(listener: () => void): () => void {
  const channel = openChannel();
  if (channel)
    channel.onmessage = ({ data }: MessageEvent<SessionMessage>) => (data.userId ? listener() : undefined);
  return () => channel?.close();
}

function applySessionMessage({ userId }: SessionMessage): void {
  if (userId === null) redirectToSignIn();
  else if (ensureSameUser(userId)) onRefreshed();
}

/** Whether the page is this person's. Another's is rendered anew: it is not for their eyes, nor for their name. */
function ensureSameUser(userId: string): boolean {
  if (currentUserId === null || currentUserId === userId) return true;
  window.location.reload();
  return false;
}

/**
 * The session is over: this page and those in the other tabs show nothing of the person any more. What was typed is
 * in its drafts (draft-store.ts). The door for whoever hears of it, be it a call that was refused or an event.
 */
export function handleSessionEnded(): void {
  if (currentUserId === null || isRedirecting) return;
  if (sessionEndingCalls > 0) {
    endedDuringCall = true;
    return;
  }
  redirectToSignIn();
  broadcastSignOut();
}

/**
 * Makes a call that ends this session. The news of the end may be faster than its answer, and wait for it: where the
 * page goes then is the caller's to say, and a door that speaks of a session that is over would be the wrong one.
 */
export async function runSessionEndingCall<T>(call: () => Promise<T>): Promise<T> {
  sessionEndingCalls += 1;
  try {
    return await call();
  } finally {
    sessionEndingCalls -= 1;
    // After the caller, who has left by then if the call succeeded.
    if (sessionEndingCalls === 0 && endedDuringCall) setTimeout(redirectToSignIn, 0);
  }
}

/** The other tabs hear that the session is over; this one is on its way already. */
export function broadcastSignOut(): void {
  isRedirecting = true;
  clearLastRefresh();
  broadcast({ userId: null });
}

/** Takes note of a new access token and tells the other tabs. @param expiresAt  ISO 8601 */
export function broadcastSignIn(userId: string, expiresAt: string): void {
  saveLastRefresh(userId, expiresAt);
  broadcast({ userId });
}

/** A new document, so that nothing rendered for the person stays in memory; and none that "back" leads to. */
function redirectToSignIn(): void {
  if (currentUserId === null || isRedirecting) return;
  if (sessionEndingCalls > 0) {
    endedDuringCall = true;
    return;
  }
  isRedirecting = true;
  const { pathname, search } = window.location;
  const query = new URLSearchParams({ next: pathname + search, ended: "1" });
  window.location.replace(`/sign-in?${query.toString()}`);
}

/** Through a channel of its own, so that this page hears it like the others, and a stranger's can speak too. */
function broadcast(message: SessionMessage): void {
  const channel = openChannel();
  channel?.postMessage(message);
  channel?.close();
}

function openChannel(): BroadcastChannel | null {
  return "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL_NAME) : null;
}

/**
 * Asks for a new access token, once for all who ask at the same time in any tab. When the answer is that the session
 * is over, it ends here. Safe to repeat.
 *
 * @param since  when the call began that found the token too old (ms): a newer one that another tab has fetched
 *               meanwhile will do
 */
export function refreshSession(since: number): Promise<RefreshResult> {
  pendingRefresh ??= withRefreshLock(() => requestRefresh(since)).finally(() => {
    pendingRefresh = null;
  });
  return pendingRefresh;
}

/** Across tabs where the browser has locks; the server forgives two at once where it has not. */
function withRefreshLock<T>(work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? navigator.locks.request(REFRESH_LOCK, work) : work();
}

async function requestRefresh(since: number): Promise<RefreshResult> {
  const lastRefresh = readLastRefresh();
  if (lastRefresh && lastRefresh.at > since)
    return ensureSameUser(lastRefresh.userId) ? { outcome: "renewed" } : { outcome: "over" };
  try {
    const response = await fetch("/api/auth/refresh", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (response.status === 401) {
      handleSessionEnded();
      return { outcome: "over" };
    }
    if (!response.ok) return { outcome: "away", retryAfterSeconds: parseRetryAfter(response) };
    const { user, expiresAt } = (await response.json()) as { user: { id: string }; expiresAt: string };
    broadcastSignIn(user.id, expiresAt);
    return ensureSameUser(user.id) ? { outcome: "renewed" } : { outcome: "over" };
  } catch {
    return { outcome: "away", retryAfterSeconds: null };
  }
}
