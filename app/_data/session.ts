import { clearKeptPages } from "./kept-pages";
import { clearLastRefresh, readLastRefresh, saveLastRefresh } from "./last-refresh";
import { parseRetryAfter } from "./parse-retry-after";

/**
 * The session that a browser's tabs share. The access token is short-lived and renewed with a cookie that scripts
 * cannot read; one tab renews it for all, and all tabs are notified when the session ends.
 */

const CHANNEL_NAME = "normaldance:session";
const REFRESH_LOCK = "normaldance:refresh";
const REQUEST_TIMEOUT_MS = 15_000;

/** Result of renewing the access token. After `unavailable` the state of the session is unknown. */
export type RefreshResult =
  | { outcome: "renewed" }
  | { outcome: "ended" }
  | { outcome: "unavailable"; retryAfterSeconds: number | null };

/** Message between tabs: the user whose token was renewed, or null when the session has ended. */
type SessionMessage = { userId: string | null };

/** The user this page was rendered for. */
let currentUserId: string | null = null;
let isRedirecting = false;
/** Running calls of this page that end the session, and whether its end was reported meanwhile. */
let sessionEndingCalls = 0;
let endedDuringCall = false;
let pendingRefresh: Promise<RefreshResult> | null = null;
let onRefreshed: () => void = () => undefined;

/** Whether the page belongs to a signed-in user: only then can a 401 mean that a session ended. */
export function isAuthenticated(): boolean {
  return currentUserId !== null;
}

/**
 * Binds the page to a user, and listens to the other tabs.
 *
 * @param onRefresh  called when any tab has a new access token
 * @returns undoes both
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

/** For the sign-in page: calls `listener` when a user signs in, in this tab or another. @returns stops listening */
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

/** Whether the page belongs to this user. If not, it is reloaded: it shows another user's data. */
function ensureSameUser(userId: string): boolean {
  if (currentUserId === null || currentUserId === userId) return true;
  window.location.reload();
  return false;
}

/**
 * Ends the session in all tabs, so that no page shows the user's data any longer. Typed text is kept in drafts
 * (draft-store.ts). Call it wherever the end is detected, in a refused call or an event.
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
 * Makes a call that ends this session. The event about the end may arrive before the response and waits for it:
 * the caller decides where the page goes, and the sign-in page must not report that the session ended.
 */
export async function runSessionEndingCall<T>(call: () => Promise<T>): Promise<T> {
  sessionEndingCalls += 1;
  try {
    return await call();
  } finally {
    sessionEndingCalls -= 1;
    // Runs after the caller, which has navigated by then if the call succeeded.
    if (sessionEndingCalls === 0 && endedDuringCall) setTimeout(redirectToSignIn, 0);
  }
}

/** Notifies the other tabs that the session has ended; this tab is already navigating. */
export function broadcastSignOut(): void {
  isRedirecting = true;
  clearKeptPages();
  clearLastRefresh();
  broadcast({ userId: null });
}

/** Records a new access token and notifies the other tabs. @param expiresAt  ISO 8601 */
export function broadcastSignIn(userId: string, expiresAt: string): void {
  saveLastRefresh(userId, expiresAt);
  broadcast({ userId });
}

/** Loads a new document, so that no user data stays in memory, and replaces the history entry that "back" shows. */
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

/** Uses a new channel object, so that this page receives the message too, and anonymous pages can send one. */
function broadcast(message: SessionMessage): void {
  const channel = openChannel();
  channel?.postMessage(message);
  channel?.close();
}

function openChannel(): BroadcastChannel | null {
  return "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL_NAME) : null;
}

/**
 * Renews the access token, once for all concurrent callers in all tabs. Ends the session when the server reports
 * that it has ended. Safe to repeat.
 *
 * @param since  start of the call that found the token expired (ms since the epoch): a token that another tab
 *               received later is used instead of a new one
 */
export function refreshSession(since: number): Promise<RefreshResult> {
  pendingRefresh ??= withRefreshLock(() => requestRefresh(since)).finally(() => {
    pendingRefresh = null;
  });
  return pendingRefresh;
}

/** Locks across tabs. In a browser without locks two tabs may renew concurrently, which the server accepts. */
function withRefreshLock<T>(work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? navigator.locks.request(REFRESH_LOCK, work) : work();
}

async function requestRefresh(since: number): Promise<RefreshResult> {
  const lastRefresh = readLastRefresh();
  if (lastRefresh && lastRefresh.at > since)
    return ensureSameUser(lastRefresh.userId) ? { outcome: "renewed" } : { outcome: "ended" };
  try {
    const response = await fetch("/api/auth/refresh", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (response.status === 401) {
      handleSessionEnded();
      return { outcome: "ended" };
    }
    if (!response.ok) return { outcome: "unavailable", retryAfterSeconds: parseRetryAfter(response) };
    const { user, expiresAt } = (await response.json()) as { user: { id: string }; expiresAt: string };
    broadcastSignIn(user.id, expiresAt);
    return ensureSameUser(user.id) ? { outcome: "renewed" } : { outcome: "ended" };
  } catch {
    return { outcome: "unavailable", retryAfterSeconds: null };
  }
}
