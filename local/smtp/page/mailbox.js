/**
 * The mailbox in the browser. The URL's hash (`#/<mail>/<tab>`) decides what is shown, so that back, forward and
 * links work. Contents of mails are inserted as text; their HTML is in a sandboxed frame (content.ts).
 */

const byId = (id) => document.getElementById(id);
const { language, texts } = JSON.parse(byId("data").textContent);

const TABS = ["html", "text", "headers", "source"];
const PAGE_SIZE = 50;
const SEARCH_DEBOUNCE_MS = 150;
/** How long "Really delete all?" waits for the second click. */
const CONFIRM_TIMEOUT_MS = 4_000;
const MAX_READ_IDS = 2_000;

const [list, main, search] = ["mails", "mail", "search"].map(byId);
const read = new Set(JSON.parse(localStorage.getItem("read") ?? "[]"));
/** Newest first. */
let mails = [];
let limit = PAGE_SIZE;
let newestSeenId = "";
/** The mail in the pane; without `mail` there is none with this id. */
let opened = { id: "", mail: null };

/** An element; properties are attributes, or handlers as `onclick`; children without a value are left out. */
function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

const formatTime = (iso) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
const formatSize = (bytes) =>
  new Intl.NumberFormat(language, { style: "unit", unit: "kilobyte", maximumFractionDigits: 1 }).format(
    bytes / 1024,
  );

function currentRoute() {
  const [, id = "", tab = ""] = location.hash.split("/");
  return { id, tab: TABS.includes(tab) ? tab : "html" };
}

async function api(path, init) {
  const response = await fetch(path, init);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

async function refresh() {
  try {
    const query = new URLSearchParams({ q: search.value, limit: String(limit) });
    const { items, nextCursor, total } = await api(`/api/messages?${query}`);
    mails = items;
    byId("lost").hidden = true;
    const isSearch = search.value.trim() !== "";
    byId("empty").hidden = total > 0 || isSearch;
    byId("nothing").hidden = total > 0 || !isSearch;
    byId("more").hidden = nextCursor === null;
    byId("clear").hidden = total === 0;
    document.title = total > 0 ? `${texts.title} (${total})` : texts.title;
    showList();
    if (opened.id === "") showMail();
    announceArrivals();
  } catch {
    byId("lost").hidden = false;
  }
}

function announceArrivals() {
  const count = newestSeenId === "" ? 0 : mails.filter(({ id }) => id > newestSeenId).length;
  const form = texts.arrived[new Intl.PluralRules(language).select(count)];
  if (count > 0) byId("said").textContent = form.replace("{n}", String(count));
  const newestId = mails[0]?.id ?? "";
  if (newestId > newestSeenId) newestSeenId = newestId;
}

/** Renders the list; the row with the focus keeps it. */
function showList() {
  const focusedId = list.contains(document.activeElement) ? document.activeElement.hash.slice(2) : "";
  list.replaceChildren(...mails.map(row));
  linkTo(focusedId)?.focus();
}

function row(mail) {
  const { id, subject, to, snippet, receivedAt } = mail;
  const isCurrent = id === currentRoute().id;
  const link = { href: `#/${id}`, ...(isCurrent ? { "aria-current": "true" } : {}) };
  return h(
    "li",
    { class: read.has(id) ? "" : "new" },
    h(
      "a",
      link,
      h("b", { dir: "auto" }, subject || texts.noSubject),
      h("time", { datetime: receivedAt }, formatTime(receivedAt)),
      h("span", {}, to.join(", ")),
      h("span", { dir: "auto" }, snippet),
      repeatBadge(mail),
    ),
  );
}

const repeatBadge = ({ repeat }) => repeat && h("mark", { title: texts.repeatHint }, texts.repeat);
const linkTo = (id) => list.querySelector(`a[href="#/${CSS.escape(id)}"]`);

/** Shows what the URL's hash says. */
async function show() {
  const { id } = currentRoute();
  document.body.classList.toggle("reading", id !== "");
  if (id !== opened.id) {
    const mail = id && (await api(`/api/messages/${encodeURIComponent(id)}`).catch(() => null));
    if (currentRoute().id !== id) return;
    opened = { id, mail };
    if (mail) localStorage.setItem("read", JSON.stringify([...read.add(id)].slice(-MAX_READ_IDS)));
  }
  showList();
  showMail();
  linkTo(id)?.scrollIntoView({ block: "nearest" });
}

function showMail() {
  const { id, mail } = opened;
  const hint = id ? texts.gone : mails.length > 0 && texts.choose;
  main.replaceChildren(...(mail ? [about(mail), tabList(), panel(mail)] : [h("p", {}, hint)]));
}

function about(mail) {
  const { id, subject, from, to, receivedAt, sizeBytes, attachments } = mail;
  const term = (name, ...values) => [h("dt", {}, name), h("dd", {}, ...values)];
  return h(
    "div",
    { class: "about" },
    h("button", { type: "button", class: "back", onclick: () => backToList(id) }, `← ${texts.back}`),
    h("button", { type: "button", onclick: () => remove(id) }, texts.delete),
    h("h2", { dir: "auto" }, subject || texts.noSubject),
    h(
      "dl",
      {},
      ...term(texts.from, from.name ? `${from.name} <${from.address}>` : from.address),
      ...term(texts.to, to.join(", ")),
      ...term(texts.at, `${formatTime(receivedAt)} · ${formatSize(sizeBytes)} `, repeatBadge(mail)),
      ...(attachments.length > 0
        ? term(texts.attachments, ...attachments.map((file) => fileLink(id, file)))
        : []),
    ),
  );
}

function fileLink(id, { index, filename, sizeBytes }) {
  const href = `/messages/${id}/attachments/${index}`;
  return h("a", { href, download: filename }, `${filename} (${formatSize(sizeBytes)})`);
}

function tabList() {
  const { tab } = currentRoute();
  const buttons = TABS.map((name) =>
    h(
      "button",
      {
        ...{ type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel" },
        ...{ "aria-selected": name === tab, tabindex: name === tab ? 0 : -1 },
        onclick: () => selectTab(name),
      },
      texts.tabs[name],
    ),
  );
  return h("div", { role: "tablist", "aria-label": texts.views, onkeydown: moveBetweenTabs }, ...buttons);
}

function selectTab(name) {
  history.replaceState(null, "", `#/${opened.id}/${name}`);
  showMail();
  byId(`tab-${name}`).focus();
}

function moveBetweenTabs(event) {
  const at = TABS.indexOf(currentRoute().tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  selectTab(TABS.at(to % TABS.length));
}

function panel(mail) {
  const { tab } = currentRoute();
  const properties = { id: "panel", role: "tabpanel", tabindex: 0, "aria-labelledby": `tab-${tab}` };
  return h(
    "div",
    properties,
    ...{ html: htmlView, text: textView, headers: headersView, source: sourceView }[tab](mail),
  );
}

function htmlView({ id, html, text, subject }) {
  if (html === null) return [h("p", {}, texts.noHtml), h("pre", { dir: "auto" }, text)];
  const sandbox = "allow-popups allow-popups-to-escape-sandbox";
  const title = subject || texts.noSubject;
  return [h("iframe", { src: `/messages/${id}/html`, sandbox, title, referrerpolicy: "no-referrer" })];
}

const textView = ({ text }) => [text === null ? h("p", {}, texts.noText) : h("pre", { dir: "auto" }, text)];

function headersView({ headers }) {
  const cells = ({ name, value }) => [h("th", { scope: "row" }, name), h("td", {}, value)];
  return [h("table", {}, ...headers.map((header) => h("tr", {}, ...cells(header))))];
}

function sourceView({ id }) {
  const pre = h("pre", {}, "…");
  fetch(`/messages/${id}/source`)
    .then((response) => response.text())
    .then((text) => pre.replaceChildren(text))
    .catch(() => pre.replaceChildren(texts.lost));
  return [pre];
}

/** Goes back to the list and focuses a row. */
function backToList(id) {
  location.hash = "#/";
  document.body.classList.remove("reading");
  linkTo(id)?.focus();
}

/** Deletes a mail and focuses the row after it. */
async function remove(id) {
  const at = mails.findIndex((mail) => mail.id === id);
  const next = mails[at + 1] ?? mails[at - 1];
  await api(`/api/messages/${id}`, { method: "DELETE" });
  await refresh();
  backToList(next?.id ?? "");
}

byId("clear").onclick = async ({ currentTarget: button }) => {
  const isConfirmed = button.textContent === texts.clearSure;
  button.textContent = isConfirmed ? texts.clear : texts.clearSure;
  if (!isConfirmed) {
    setTimeout(() => button.replaceChildren(texts.clear), CONFIRM_TIMEOUT_MS);
    return;
  }
  await api("/api/messages", { method: "DELETE" });
  location.hash = "#/";
  await refresh();
  search.focus();
};

byId("more").onclick = () => {
  limit += PAGE_SIZE;
  void refresh();
};

byId("language").onclick = () => {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `locale=${texts.otherLanguage.code}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
};

let searchTimer = 0;
search.oninput = () => {
  clearTimeout(searchTimer);
  searchTimer = setTimeout(refresh, SEARCH_DEBOUNCE_MS);
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target === search;
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && isTyping) {
    search.value = "";
    void refresh();
  } else if (event.key === "Escape" && currentRoute().id) backToList(currentRoute().id);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") moveBetweenMails(event);
});

/** Moves in the list when it or the search box has focus; in a mail the arrows scroll. */
function moveBetweenMails(event) {
  const focused = document.activeElement;
  if (focused !== search && focused !== document.body && !list.contains(focused)) return;
  const links = [...list.querySelectorAll("a")];
  const at = links.findIndex((link) => link === focused || link.hasAttribute("aria-current"));
  const link = links[event.key === "ArrowDown" ? at + 1 : Math.max(0, at - 1)];
  if (!link) return;
  event.preventDefault();
  link.focus();
  // On a narrow screen this would hide the list.
  if (matchMedia("(min-width: 761px)").matches) location.replace(link.hash);
}

addEventListener("hashchange", show);

const events = new EventSource("/api/events");
events.onmessage = refresh;
// Also after a reconnect: events were missed meanwhile.
events.onopen = refresh;
events.onerror = () => {
  byId("lost").hidden = false;
};

await refresh();
await show();
