import { forgetRenewal, keepRenewal, keptRenewal } from "./last-refresh";
import { retryAfterOf } from "./parse-retry-after";

/**
 * The session as a browser's tabs share it. The access token is short-lived and renewed by a cookie that no script
 * can read; here that is done once for all tabs, and all tabs hear when it is over.
 */

const CHANNEL = "normaldance:session";
const LOCK = "normaldance:refresh";
const ANSWER_LIMIT_MS = 15_000;

/** What came of asking for a new access token. `away` says nothing about the session: nobody could tell. */
export type Renewal =
  | { outcome: "renewed" }
  | { outcome: "over" }
  | { outcome: "away"; retryAfterSeconds: number | null };

/** Between tabs: the person whose token is new, or null when the session is over. */
type News = { userId: string | null };

/** Whom this page was rendered for. */
let person: string | null = null;
let leaving = false;
/** Calls of this page's own that end the session, and whether its end was heard of meanwhile. */
let endings = 0;
let heardMeanwhile = false;
let underWay: Promise<Renewal> | null = null;
let onRenewed: () => void = () => undefined;

/** Whether the page is somebody's: only then is a 401 the end of something. */
export function isSomebodys(): boolean {
  return person !== null;
}

/**
 * Says whose page this is, and listens to the other tabs.
 *
 * @param renewed  is told when any tab has a new access token
 * @returns ends it
 */
export function beginSession(userId: string, renewed: () => void): () => void {
  person = userId;
  onRenewed = renewed;
  const channel = openChannel();
  if (channel) channel.onmessage = ({ data }: MessageEvent<News>) => hear(data);
  return () => {
    person = null;
    onRenewed = () => undefined;
    channel?.close();
  };
}

/** For a page that waits at the door: tells when somebody signs in, in this tab or another. @returns ends it */
export function onSignedIn(listener: () => void): () => void {
  const channel = openChannel();
  if (channel) channel.onmessage = ({ data }: MessageEvent<News>) => (data.userId ? listener() : undefined);
  return () => channel?.close();
}

function hear({ userId }: News): void {
  if (userId === null) leave();
  else if (belongsTo(userId)) onRenewed();
}

/** Whether the page is this person's. Another's is rendered anew: it is not for their eyes, nor for their name. */
function belongsTo(userId: string): boolean {
  if (person === null || person === userId) return true;
  window.location.reload();
  return false;
}

/**
 * The session is over: this page and those in the other tabs show nothing of the person any more. What was typed is
 * in its drafts (draft-store.ts). The door for whoever hears of it, be it a call that was refused or an event.
 */
export function onSessionEnded(): void {
  if (person === null || leaving) return;
  if (endings > 0) {
    heardMeanwhile = true;
    return;
  }
  leave();
  tellSignedOut();
}

/**
 * Makes a call that ends this session. The news of the end may be faster than its answer, and wait for it: where the
 * page goes then is the caller's to say, and a door that speaks of a session that is over would be the wrong one.
 */
export async function endingSession<T>(call: () => Promise<T>): Promise<T> {
  endings += 1;
  try {
    return await call();
  } finally {
    endings -= 1;
    // After the caller, who has left by then if the call succeeded.
    if (endings === 0 && heardMeanwhile) setTimeout(leave, 0);
  }
}

/** The other tabs hear that the session is over; this one is on its way already. */
export function tellSignedOut(): void {
  leaving = true;
  forgetRenewal();
  tell({ userId: null });
}

/** Takes note of a new access token and tells the other tabs. @param expiresAt  ISO 8601 */
export function tellSignedIn(userId: string, expiresAt: string): void {
  keepRenewal(userId, expiresAt);
  tell({ userId });
}

/** A new document, so that nothing rendered for the person stays in memory; and none that "back" leads to. */
function leave(): void {
  if (person === null || leaving) return;
  if (endings > 0) {
    heardMeanwhile = true;
    return;
  }
  leaving = true;
  const { pathname, search } = window.location;
  const query = new URLSearchParams({ next: pathname + search, ended: "1" });
  window.location.replace(`/sign-in?${query.toString()}`);
}

/** Through a channel of its own, so that this page hears it like the others, and a stranger's can speak too. */
function tell(news: News): void {
  const channel = openChannel();
  channel?.postMessage(news);
  channel?.close();
}

function openChannel(): BroadcastChannel | null {
  return "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : null;
}

/**
 * Asks for a new access token, once for all who ask at the same time in any tab. When the answer is that the session
 * is over, it ends here. Safe to repeat.
 *
 * @param since  when the call began that found the token too old (ms): a newer one that another tab has fetched
 *               meanwhile will do
 */
export function renewSession(since: number): Promise<Renewal> {
  underWay ??= oneAtATime(() => renew(since)).finally(() => {
    underWay = null;
  });
  return underWay;
}

/** Across tabs where the browser has locks; the server forgives two at once where it has not. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? navigator.locks.request(LOCK, work) : work();
}

async function renew(since: number): Promise<Renewal> {
  const kept = keptRenewal();
  if (kept && kept.at > since) return belongsTo(kept.userId) ? { outcome: "renewed" } : { outcome: "over" };
  try {
    const response = await fetch("/api/auth/refresh", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    if (response.status === 401) {
      onSessionEnded();
      return { outcome: "over" };
    }
    if (!response.ok) return { outcome: "away", retryAfterSeconds: retryAfterOf(response) };
    const { user, expiresAt } = (await response.json()) as { user: { id: string }; expiresAt: string };
    tellSignedIn(user.id, expiresAt);
    return belongsTo(user.id) ? { outcome: "renewed" } : { outcome: "over" };
  } catch {
    return { outcome: "away", retryAfterSeconds: null };
  }
}
