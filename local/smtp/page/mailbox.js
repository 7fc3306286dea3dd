/**
 * The mailbox in the browser. The URL's hash (`#/<mail>/<tab>`) decides what is shown, so that back, forward and
 * links work. Contents of mails are inserted as text; their HTML is in a sandboxed frame (content.ts).
 */

/** @type {{ language: string, texts: Record<string, any> }} */
const { language, texts } = JSON.parse(byId("data").textContent);

const TABS = /** @type {const} */ (["html", "text", "headers", "source"]);
const SEARCH_DEBOUNCE_MS = 150;
/** How long "Really delete all?" waits for the second click. */
const CONFIRM_TIMEOUT_MS = 4_000;
const MAX_READ_IDS = 2_000;

const list = byId("mails");
const main = byId("mail");
const search = /** @type {HTMLInputElement} */ (byId("search"));

/** @type {any[]} newest first */
let mails = [];
/** @type {string | null} */
let nextCursor = null;
let total = 0;
/** @type {Set<string>} */
const read = new Set(JSON.parse(localStorage.getItem("read") ?? "[]"));
/** Id of the mail in the pane, so that the same mail is not rendered again. */
let openId = "";
let newestSeenId = "";

/** @param {string} id */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id}`);
  return element;
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `aria-…` and other attributes by name, handlers as `onclick`
 * @param {...(Node | string | null | false | undefined)} children
 */
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) Reflect.set(element, name, value);
    else element.setAttribute(name, String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter(Boolean)));
  return element;
}

/** @param {Record<string, string>} forms @param {number} count */
function formatCount(forms, count) {
  const form = forms[new Intl.PluralRules(language).select(count)] ?? forms.other ?? "";
  return form.replace("{n}", new Intl.NumberFormat(language).format(count));
}

/** @param {number} bytes */
function formatSize(bytes) {
  const kilo = bytes / 1024;
  const [amount, unit] = kilo < 1024 ? [kilo, "kilobyte"] : [kilo / 1024, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

/** The time for mails of today, else the date. @param {string} iso */
function formatShortTime(iso) {
  const date = new Date(iso);
  const today = new Date().toDateString() === date.toDateString();
  return new Intl.DateTimeFormat(
    language,
    today ? { timeStyle: "short" } : { day: "numeric", month: "short" },
  )
    .format(date)
    .replace(/\.$/, "");
}

/** @param {string} iso */
function formatDateTime(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "medium" }).format(new Date(iso));
}

/** @param {{ name: string, address: string }} sender */
function sender({ name, address }) {
  return name ? `${name} <${address}>` : address;
}

/** @returns {{ id: string, tab: string }} */
function currentRoute() {
  const [, id = "", tab = "html"] = location.hash.split("/");
  return { id, tab };
}

/** @param {string} id @param {string} [tab] */
function hashOf(id, tab) {
  return `#/${id}${tab && tab !== "html" ? `/${tab}` : ""}`;
}

/** @param {string} path @param {RequestInit} [init] */
async function api(path, init) {
  const response = await fetch(path, init);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Reloads the list in its current length. */
async function refresh() {
  const query = new URLSearchParams({ q: search.value, limit: String(Math.max(50, mails.length)) });
  try {
    const answer = await api(`/api/messages?${query}`);
    byId("lost").hidden = true;
    ({ items: mails, nextCursor, total } = answer);
    showList();
    announceArrivals();
  } catch {
    byId("lost").hidden = false;
  }
}

function announceArrivals() {
  const newest = mails[0]?.id ?? "";
  const came = newestSeenId === "" ? 0 : mails.filter(({ id }) => id > newestSeenId).length;
  if (came > 0) byId("said").textContent = formatCount(texts.arrived, came);
  if (newest > newestSeenId) newestSeenId = newest;
}

async function showMore() {
  const query = new URLSearchParams({ q: search.value, before: nextCursor ?? "" });
  const answer = await api(`/api/messages?${query}`);
  mails = [...mails, ...answer.items];
  nextCursor = answer.nextCursor;
  showList();
}

/** Renders the list. Existing rows are reused, which keeps focus and scroll position. */
function showList() {
  const { id: current } = currentRoute();
  const kept = new Map([...list.children].map((row) => [row.getAttribute("data-id") ?? "", row]));
  const isFirstRender = kept.size === 0;
  const rows = mails.map((mail) => kept.get(mail.id) ?? row(mail, !isFirstRender && mail.id > newestSeenId));
  for (const child of [...list.children]) if (!rows.includes(child)) child.remove();
  rows.forEach((element, index) => {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
  for (const element of rows) updateRow(element, current);
  const searching = search.value.trim() !== "";
  byId("count").textContent = total > 0 ? formatCount(texts.mails, total) : "";
  byId("empty").hidden = total > 0 || searching;
  byId("nothing").hidden = total > 0 || !searching;
  byId("more").hidden = nextCursor === null;
  byId("clear").hidden = total === 0;
  if (current === "") hint(total > 0 ? texts.choose : "");
  document.title = total > 0 ? `${texts.title} (${total})` : texts.title;
}

/** @param {any} mail @param {boolean} arriving */
function row(mail, arriving) {
  return h(
    "li",
    { "data-id": mail.id, class: arriving ? "arriving" : undefined },
    h(
      "a",
      { href: hashOf(mail.id) },
      h("span", { class: "subject" }, mail.subject || texts.noSubject),
      h(
        "time",
        { datetime: mail.receivedAt, title: formatDateTime(mail.receivedAt) },
        formatShortTime(mail.receivedAt),
      ),
      h("span", { class: "to" }, mail.to.join(", ")),
      h("span", { class: "snippet" }, mail.snippet),
      mail.repeat && h("span", {}, h("span", { class: "badge", title: texts.repeatHint }, texts.repeat)),
    ),
  );
}

/** @param {Element} row @param {string} current */
function updateRow(row, current) {
  const id = row.getAttribute("data-id") ?? "";
  row.classList.toggle("new", !read.has(id));
  const link = row.querySelector("a");
  if (id === current) link?.setAttribute("aria-current", "true");
  else link?.removeAttribute("aria-current");
}

/** Shows the mail and tab of the URL's hash. */
async function show() {
  const { id, tab } = currentRoute();
  document.body.classList.toggle("reading", id !== "");
  if (id === "") {
    openId = "";
    hint(mails.length > 0 ? texts.choose : "");
  } else if (id !== openId) {
    openId = id;
    const mail = await api(`/api/messages/${encodeURIComponent(id)}`).catch(() => null);
    if (currentRoute().id !== id) return;
    if (mail) {
      markRead(id);
      main.replaceChildren(...mailView(mail, tab));
    } else hint(texts.gone);
  } else selectTab(tab);
  for (const element of list.children) updateRow(element, id);
  linkOf(id)?.scrollIntoView({ block: "nearest" });
}

/** @param {string} text */
function hint(text) {
  main.replaceChildren(h("p", { class: "hint" }, text));
}

/** @param {string} id */
function markRead(id) {
  read.add(id);
  localStorage.setItem("read", JSON.stringify([...read].slice(-MAX_READ_IDS)));
}

/** @param {any} mail @param {string} tab */
function mailView(mail, tab) {
  const views = {
    html: () => htmlView(mail),
    text: () => (mail.text === null ? h("p", { class: "note" }, texts.noText) : h("pre", {}, mail.text)),
    headers: () => headersView(mail),
    source: () => sourceView(mail),
  };
  const panel = h("div", { id: "panel", role: "tabpanel", tabindex: "0", "aria-labelledby": `tab-${tab}` });
  const tabs = h("div", { role: "tablist", "aria-label": texts.views, onkeydown: moveBetweenTabs });
  tabs.addEventListener("tab", (event) => {
    const name = /** @type {CustomEvent<keyof typeof views>} */ (event).detail;
    panel.replaceChildren((views[name] ?? views.html)());
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    panel.scrollTop = 0;
  });
  for (const name of TABS) {
    const select = () => history.replaceState(null, "", hashOf(mail.id, name));
    tabs.append(
      h(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${name}`,
          "data-tab": name,
          "aria-controls": "panel",
          onclick: () => {
            select();
            selectTab(name);
          },
        },
        texts.tabs[name],
      ),
    );
  }
  queueMicrotask(() => selectTab(tab));
  return [about(mail), tabs, panel];
}

/** @param {any} mail */
function about(mail) {
  return h(
    "div",
    { class: "about" },
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "back", onclick: () => backToList(mail.id) }, `← ${texts.back}`),
      h("h2", {}, mail.subject || texts.noSubject),
      h("button", { type: "button", class: "delete", onclick: () => remove(mail.id) }, texts.delete),
    ),
    h(
      "dl",
      {},
      h("dt", {}, texts.from),
      h("dd", {}, sender(mail.from)),
      h("dt", {}, texts.to),
      h("dd", {}, mail.to.join(", ")),
    ),
    h(
      "p",
      { class: "when" },
      h("time", { datetime: mail.receivedAt }, formatDateTime(mail.receivedAt)),
      ` · ${formatSize(mail.sizeBytes)} `,
      mail.repeat && h("span", { class: "badge", title: texts.repeatHint }, texts.repeat),
    ),
    mail.attachments.length > 0 && files(mail),
  );
}

/** @param {any} mail */
function files({ id, attachments }) {
  return h(
    "ul",
    { class: "files", "aria-label": formatCount(texts.attachments, attachments.length) },
    ...attachments.map((/** @type {any} */ { index, filename, sizeBytes }) =>
      h(
        "li",
        {},
        h(
          "a",
          { class: "file", href: `/messages/${id}/attachments/${index}`, download: filename },
          `${filename} `,
          h("small", {}, formatSize(sizeBytes)),
        ),
      ),
    ),
  );
}

/** @param {any} mail */
function htmlView(mail) {
  if (mail.html === null) {
    return h("div", {}, h("p", { class: "note" }, texts.noHtml), h("pre", {}, mail.text ?? ""));
  }
  return h("iframe", {
    src: `/messages/${mail.id}/html`,
    sandbox: "allow-popups allow-popups-to-escape-sandbox",
    title: mail.subject || texts.noSubject,
    referrerpolicy: "no-referrer",
  });
}

/** @param {any} mail */
function headersView({ headers }) {
  return h(
    "table",
    {},
    h(
      "tbody",
      {},
      ...headers.map((/** @type {any} */ { name, value }) =>
        h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)),
      ),
    ),
  );
}

/** @param {any} mail */
function sourceView({ id }) {
  const pre = h("pre", {}, "…");
  fetch(`/messages/${id}/source`)
    .then((response) => response.text())
    .then((text) => pre.replaceChildren(text))
    .catch(() => pre.replaceChildren(texts.lost));
  return pre;
}

/** @param {string} name */
function selectTab(name) {
  const tabs = main.querySelector('[role="tablist"]');
  if (!tabs) return;
  const known = TABS.some((tab) => tab === name) ? name : "html";
  if (tabs.getAttribute("data-selected") === known) return;
  tabs.setAttribute("data-selected", known);
  for (const tab of tabs.children) {
    const selected = tab.getAttribute("data-tab") === known;
    tab.setAttribute("aria-selected", String(selected));
    tab.setAttribute("tabindex", selected ? "0" : "-1");
  }
  tabs.dispatchEvent(new CustomEvent("tab", { detail: known }));
}

/** @param {KeyboardEvent} event */
function moveBetweenTabs(event) {
  const tabs = [...main.querySelectorAll('[role="tab"]')];
  const at = tabs.indexOf(/** @type {Element} */ (document.activeElement));
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const tab = /** @type {HTMLElement} */ (tabs.at(to % tabs.length));
  tab.click();
  tab.focus();
}

/** Goes back to the list and focuses the mail's row. @param {string} id */
function backToList(id) {
  location.hash = "#/";
  document.body.classList.remove("reading");
  linkOf(id)?.focus();
}

/** @param {string} id @returns {HTMLElement | null} */
function linkOf(id) {
  return list.querySelector(`[data-id="${CSS.escape(id)}"] a`);
}

/** Deletes a mail and focuses the row after it. @param {string} id */
async function remove(id) {
  const at = mails.findIndex((mail) => mail.id === id);
  const next = mails[at + 1] ?? mails[at - 1];
  await api(`/api/messages/${id}`, { method: "DELETE" });
  await refresh();
  backToList(next?.id ?? "");
}

let confirmTimer = 0;
byId("clear").addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  const resetClearButton = () => {
    clearTimeout(confirmTimer);
    confirmTimer = 0;
    button.classList.remove("sure");
    button.textContent = texts.clear;
  };
  if (confirmTimer === 0) {
    button.classList.add("sure");
    button.textContent = texts.clearSure;
    confirmTimer = setTimeout(resetClearButton, CONFIRM_TIMEOUT_MS);
    return;
  }
  resetClearButton();
  await api("/api/messages", { method: "DELETE" });
  location.hash = "#/";
  await refresh();
  search.focus();
});

byId("more").addEventListener("click", () => void showMore());

byId("language").addEventListener("click", () => {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `locale=${texts.otherLanguage.code}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
});

let searchTimer = 0;
search.addEventListener("input", () => {
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => void refresh(), SEARCH_DEBOUNCE_MS);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target === search;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape") {
    if (typing) search.value = "";
    if (typing) void refresh();
    else if (currentRoute().id) backToList(currentRoute().id);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    moveBetweenMails(event);
  }
});

/** Moves in the list when it or the search box has focus; in a mail the arrows scroll. @param {KeyboardEvent} event */
function moveBetweenMails(event) {
  const focused = document.activeElement;
  const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("a")]);
  if (focused !== search && focused !== document.body && !list.contains(focused)) return;
  const current = links.findIndex((link) => link === focused || link.hasAttribute("aria-current"));
  const to = links[event.key === "ArrowDown" ? current + 1 : Math.max(0, current - 1)];
  if (!to) return;
  event.preventDefault();
  to.focus();
  // On a narrow screen this would hide the list.
  if (matchMedia("(min-width: 761px)").matches) location.replace(to.getAttribute("href") ?? "#/");
}

addEventListener("hashchange", () => void show());

const events = new EventSource("/api/events");
events.addEventListener("message", () => void refresh());
// Also after a reconnect: events were missed meanwhile.
events.addEventListener("open", () => void refresh());
events.addEventListener("error", () => {
  byId("lost").hidden = false;
});

await refresh();
await show();
