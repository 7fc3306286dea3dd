/**
 * Pages that the service worker keeps for when there is no connection (public/sw.js, docs/OFFLINE.md), and the
 * messages that pages post to it. Every call is best effort: without a worker, pages need a connection.
 */

const WORKER_PATH = "/sw.js";
/** Of the caches with documents; public/sw.js names them. */
const PAGES_CACHE_PREFIX = "normaldance:pages:";

type WorkerMessage = { type: "clear" } | { type: "keep"; path: string };

/**
 * In production. In development it removes the worker that a production build has left on this address: the
 * development server's files change under the same names.
 */
export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    if (process.env.NODE_ENV === "production") await navigator.serviceWorker.register(WORKER_PATH);
    else for (const old of await navigator.serviceWorker.getRegistrations()) await old.unregister();
  } catch {
    // Blocked by a setting of the browser, or offline.
  }
}

/** Whether this document passed the worker, which has kept it then. */
export function isControlled(): boolean {
  return "serviceWorker" in navigator && navigator.serviceWorker.controller !== null;
}

/** Asks for the document of a page that was reached by a link. One more render of it. */
export function keepPage(path: string): void {
  postToWorker({ type: "keep", path });
}

/**
 * Deletes the kept pages of the user who was signed in, so that they are not shown to the next one. Call it where a session
 * begins or ends. The page that follows deletes another viewer's as well.
 */
export function clearKeptPages(): void {
  postToWorker({ type: "clear" });
  if ("caches" in globalThis) void deletePageCaches().catch(() => undefined);
}

async function deletePageCaches(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PAGES_CACHE_PREFIX));
  await Promise.all(names.map((name) => caches.delete(name)));
}

function postToWorker(message: WorkerMessage): void {
  if (isControlled()) navigator.serviceWorker.controller?.postMessage(message);
}
