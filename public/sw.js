/**
 * The service worker: documents that a person has opened, and the files of the build that they need, open without a
 * connection. docs/OFFLINE.md has the rules. It answers navigations and requests for immutable files; everything else,
 * the API, streams, sounds and writes included, never passes through it.
 */

/** Increment when what is stored changes its form: the caches of an older number are deleted. */
const FORMAT = 1;
/** One cache for each viewer, of whom there is one at a time. Pages delete by this prefix (app/_data/kept-pages.ts). */
const PAGES_PREFIX = "normaldance:pages:";
const PAGES_CACHE = `${PAGES_PREFIX}${FORMAT}:`;
const FILES_CACHE = `normaldance:files:${FORMAT}`;

const MAX_PAGES = 30;
/** The build has less than a hundred; those of the builds before it are deleted first. */
const MAX_FILES = 300;
/** After this time a page that is kept is shown instead of waiting on. */
const NETWORK_TIMEOUT_MS = 4_000;

/** A list of what is kept: nothing of accounts, sessions, orders, payments or the console, and no forms. */
const KEPT_PATHS =
  /^\/(?:chat|leaderboards|notifications|shop)?$|^\/(?:posts|u|tags|shop|chat)\/(?!new$)[^/]+$/;
/** Their query selects a position or nothing; another page's selects what it lists. */
const ONE_THING = /^\/(?:posts|u|shop|chat)\/[^/]+$/;
const FILE_PATHS = /^\/_next\/static\//;
const FILES_IN_HTML = /\/_next\/static\/[\w./~%-]+\.(?:js|css|woff2)/g;
const UNTOUCHED_PATHS = /^\/(?:api|admin)(?:\/|$)/;

/** Grows with each clearing: what was requested before is not stored after it. */
let epoch = 0;
/** Changes of the pages' cache, one after another. */
let pending = Promise.resolve();

addEventListener("install", (event) => {
  event.waitUntil(skipWaiting());
});

addEventListener("activate", (event) => {
  event.waitUntil(deleteOldFormats().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || UNTOUCHED_PATHS.test(url.pathname))
    return;
  if (request.mode === "navigate") event.respondWith(openPage(event, url));
  else if (FILE_PATHS.test(url.pathname) && !request.headers.has("range"))
    event.respondWith(readFile(request));
});

addEventListener("message", (event) => {
  const { type, path } = event.data ?? {};
  if (type === "clear") event.waitUntil(clearPages());
  if (type === "keep") event.waitUntil(fetchAndKeep(new URL(path, location.origin)));
});

/** Network first. A page that is kept opens when the network fails or takes too long, another one shows the list. */
async function openPage(event, url) {
  const startEpoch = epoch;
  const network = fetch(event.request);
  // Registered first, so that the copy is made before the page reads the response.
  event.waitUntil(network.then((response) => keepPage(url, response.clone(), startEpoch)).catch(ignore));
  const kept = await findPage(url);
  try {
    return await (kept ? withTimeout(network, NETWORK_TIMEOUT_MS) : network);
  } catch {
    return kept ?? offlinePage();
  }
}

/** @returns null where nothing is kept for the address */
async function findPage({ pathname, search }) {
  if (search !== "" && !ONE_THING.test(pathname)) return null;
  const cache = await openPages();
  return (await cache?.match(pathname, { ignoreVary: true })) ?? null;
}

/** The cache of whoever's pages are kept; undefined where there are none. */
async function openPages() {
  const name = (await caches.keys()).find((key) => key.startsWith(PAGES_CACHE));
  return name === undefined ? undefined : caches.open(name);
}

/** A page that was reached by a link has no document yet. */
async function fetchAndKeep(url) {
  if (url.origin !== location.origin || !isKept(url)) return;
  const startEpoch = epoch;
  try {
    await keepPage(url, await fetch(url.pathname, { redirect: "manual" }), startEpoch);
  } catch {
    // Offline, or the storage is full.
  }
}

const isKept = ({ pathname, search }) => search === "" && KEPT_PATHS.test(pathname);

/** Stores a document, or deletes the earlier one when the page is gone or belongs to nobody who is signed in. */
async function keepPage(url, response, startEpoch) {
  if (!isKept(url)) return;
  if (response.type === "opaqueredirect" || [401, 403, 404, 410].includes(response.status))
    return inTurn(async () => (await openPages())?.delete(url.pathname, { ignoreVary: true }));
  if (response.status !== 200 || !response.headers.get("content-type")?.startsWith("text/html")) return;
  const html = await response.text();
  const viewer = /data-viewer="([\w-]*)"/.exec(html)?.[1];
  // Without it the document was cut off; with a failed part the earlier one is worth more.
  if (viewer === undefined || /data-dgst="(?!BAILOUT)/.test(html)) return;
  const keptAt = new Date().toISOString();
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  headers.set("x-kept-at", keptAt);
  headers.set("x-kept-title", encodeURIComponent(/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? ""));
  headers.set("content-language", /<html lang="(\w+)"/.exec(html)?.[1] ?? "");
  const body = html.replace("<html ", `<html data-kept="${keptAt}" `);
  await inTurn(async () => {
    if (startEpoch !== epoch) return;
    await deletePagesExcept(`${PAGES_CACHE}${viewer}`);
    const cache = await caches.open(`${PAGES_CACHE}${viewer}`);
    // Deleted first, so that the latest is the last of the keys.
    await cache.delete(url.pathname, { ignoreVary: true });
    await cache.put(url.pathname, new Response(body, { headers }));
    await deleteFirst(cache, MAX_PAGES);
  });
  await keepFiles([...new Set(html.match(FILES_IN_HTML))]);
}

/** Of pages, nothing that was requested until now is kept. */
function clearPages() {
  epoch += 1;
  return inTurn(() => deletePagesExcept(null));
}

function inTurn(change) {
  const done = pending.then(change);
  pending = done.catch(ignore);
  return done;
}

async function deletePagesExcept(name) {
  const names = (await caches.keys()).filter((key) => key.startsWith(PAGES_PREFIX) && key !== name);
  await Promise.all(names.map((key) => caches.delete(key)));
}

async function deleteOldFormats() {
  const isOld = (key) =>
    key.startsWith("normaldance:") && key !== FILES_CACHE && !key.startsWith(PAGES_CACHE);
  await Promise.all((await caches.keys()).filter(isOld).map((key) => caches.delete(key)));
}

/** A file's name changes with its content, so a stored one is never stale. */
async function readFile(request) {
  const cache = await caches.open(FILES_CACHE);
  const stored = await cache.match(request, { ignoreVary: true });
  if (stored) return stored;
  const response = await fetch(request);
  if (isImmutable(response)) await cache.put(request, response.clone()).catch(ignore);
  return response;
}

/** Files that the document was not loaded with here, such as those of a first visit. */
async function keepFiles(paths) {
  const cache = await caches.open(FILES_CACHE);
  const stored = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  for (const path of paths.filter((path) => !stored.has(path))) {
    const response = await fetch(path);
    if (isImmutable(response)) await cache.put(path, response);
  }
  await deleteFirst(cache, MAX_FILES);
}

const isImmutable = ({ status, headers }) =>
  status === 200 && (headers.get("cache-control")?.includes("immutable") ?? false);

async function deleteFirst(cache, maxEntries) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - maxEntries)).map((key) => cache.delete(key)));
}

function withTimeout(promise, ms) {
  return new Promise((resolve, reject) => {
    setTimeout(reject, ms, new Error("timeout"));
    promise.then(resolve, reject);
  });
}

function ignore() {
  // The storage is full or was deleted meanwhile: the page itself is shown.
}

/** Not of the build: it must open when nothing else does. */
const OFFLINE_TEXTS = {
  ru: {
    title: "Вы не в сети",
    list: "Эту страницу вы здесь ещё не открывали, поэтому без связи её не показать. А эти откроются:",
    nothing: "Без связи откроются страницы, которые вы уже смотрели, но пока таких нет.",
    retry: "Попробовать снова",
  },
  en: {
    title: "You are offline",
    list: "You haven't opened this page here yet, so it needs a connection. These open without one:",
    nothing: "Pages that you have seen open without a connection, but there are none yet.",
    retry: "Try again",
  },
};

const OFFLINE_STYLE = `
:root{color-scheme:dark light;--ground:light-dark(oklch(.976 .006 290),oklch(.16 .02 290));--ink:light-dark(oklch(.2 .035 290),oklch(.975 .008 290));--muted:light-dark(oklch(.43 .03 290),oklch(.77 .022 290));--line:light-dark(oklch(.22 .04 290/.11),oklch(.95 .03 290/.1));--mark:light-dark(oklch(.66 .2 130),oklch(.88 .2 125));--glow:light-dark(oklch(.86 .09 290/.5),oklch(.36 .14 290/.42))}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:radial-gradient(60rem 28rem at 70% -8rem,var(--glow),transparent) no-repeat var(--ground);color:var(--ink);font:1rem/1.55 "Onest Variable",system-ui,sans-serif}
header{display:flex;align-items:center;gap:.75rem;padding:1rem;border-bottom:1px solid var(--line);font-weight:600}
svg{width:2rem;height:2rem;fill:var(--mark)}
main{max-width:44rem;margin:0 auto;padding:2.5rem 1rem}
h1{margin:0;font:800 clamp(2rem,6.2vw,3.5rem)/1.05 Unbounded,system-ui,sans-serif;text-wrap:balance}
p{margin:1.25rem 0;color:var(--muted)}
ul{margin:0 0 2rem;padding:0;list-style:none}
li a{display:flex;align-items:baseline;gap:1rem;padding:.75rem 0;border-bottom:1px solid var(--line);color:inherit;font-weight:600;text-decoration:none}
li a:hover bdi{text-decoration:underline;text-underline-offset:.25em}
bdi{flex:1;min-width:0;overflow-wrap:anywhere}
time{color:var(--muted);font-size:.8125rem;font-weight:400;white-space:nowrap}
.retry{display:inline-flex;min-height:3.25rem;align-items:center;padding:0 1.75rem;border-radius:9rem;background:oklch(.88 .2 125);color:oklch(.18 .05 128);font-weight:600;text-decoration:none}
:focus-visible{outline:2px solid var(--mark);outline-offset:3px}`;

const MARK_BARS = [8, 17, 33, 46, 33, 17, 8]
  .map(
    (height, i) =>
      `<rect x="${6.2 + i * 7.7}" y="${(64 - height) / 2}" width="5.4" height="${height}" rx="2.7"/>`,
  )
  .join("");

/** What opens, the latest first. It has no script, so that its policy allows none. */
async function offlinePage() {
  const cache = await openPages();
  const requests = [...((await cache?.keys()) ?? [])].reverse();
  const pages = await Promise.all(
    requests.map(async (request) => {
      const { headers } = (await cache.match(request, { ignoreVary: true })) ?? new Response();
      const { pathname } = new URL(request.url);
      // As it was in the document, where it is escaped.
      const title = decodeURIComponent(headers.get("x-kept-title") ?? "").replace(/ · NormalDance$/, "");
      return { pathname, title, keptAt: headers.get("x-kept-at"), language: headers.get("content-language") };
    }),
  );
  const language = (pages[0]?.language || navigator.language).startsWith("en") ? "en" : "ru";
  const texts = OFFLINE_TEXTS[language];
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const items = pages.map(
    ({ pathname, title, keptAt }) =>
      `<li><a href="${pathname}"><bdi>${title || pathname}</bdi> <time datetime="${keptAt}">${format.format(new Date(keptAt))}</time></a></li>`,
  );
  const html = `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${texts.title} · NormalDance</title><style>${OFFLINE_STYLE}</style>
<header><svg viewBox="0 0 64 64" aria-hidden="true">${MARK_BARS}</svg>NormalDance</header>
<main><h1>${texts.title}</h1><p>${items.length > 0 ? texts.list : texts.nothing}</p>${
    items.length > 0 ? `<ul>${items.join("")}</ul>` : ""
  }<a class="retry" href="">${texts.retry}</a></main></html>`;
  return new Response(html, {
    status: 503,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    },
  });
}
