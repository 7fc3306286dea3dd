/** What the page's other files share: the texts, elements and calls of the server. */

export const byId = (id) => document.getElementById(id);
export const { language, texts } = JSON.parse(byId("data").textContent);

/**
 * An element; properties are attributes, or handlers as `onclick`; a property or child without a value is left out.
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat().filter((child) => child !== undefined && child !== null && child !== false),
  );
  return element;
}

/** Drawn for this page; the names are of their use. */
const ICONS = {
  send: "M4 12 20 4l-6 16-3-7z",
  attach: "M8 12.5 14.5 6a3 3 0 0 1 4.2 4.2l-8.5 8.5a5 5 0 0 1-7-7L11 4",
  keyboard: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  commands: "M15 4 9 20",
  back: "M15 5l-7 7 7 7",
  more: "M12 5h.01M12 12h.01M12 19h.01",
  log: "M4 6h16M4 12h10M4 18h13",
  close: "M6 6l12 12M18 6 6 18",
  reply: "M10 6 4 12l6 6M4 12h10a6 6 0 0 1 6 6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  link: "M8 16 17 7M9 7h8v8",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export const iconButton = (name, label, properties = {}) =>
  h(
    "button",
    { type: "button", class: "icon", "aria-label": label, title: label, ...properties },
    icon(name),
  );

export const fill = (text, values) => text.replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
export const plural = (forms, n) =>
  fill(forms[new Intl.PluralRules(language).select(n)] ?? forms.other ?? forms.many, {
    n: new Intl.NumberFormat(language).format(n),
  });

/** The first letters of a name on a colour that depends on the id. */
export function avatar(id, name) {
  const letters = [...name.matchAll(/[\p{L}\p{N}]/gu)].length > 0 ? name.match(/[\p{L}\p{N}]/u)[0] : "?";
  return h("span", { class: `avatar tone-${id % 6}`, "aria-hidden": "true" }, letters.toUpperCase());
}

/** @throws Error with the server's reason */
export async function api(method, path, body, type = "application/json") {
  const init = { method };
  if (body !== undefined) {
    init.headers = { "content-type": type };
    init.body = type === "application/json" ? JSON.stringify(body) : body;
  }
  const response = await fetch(`/api/${path}`, init);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? String(response.status));
  return answer;
}

let toastTimer = 0;
const TOAST_MS = 5_000;

/** Shows a short text that goes away by itself. */
export function toast(text) {
  byId("toast").textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => byId("toast").replaceChildren(), TOAST_MS);
}

/** Runs an action of the user and shows why it failed, if it does. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(fill(texts.failed, { reason: error instanceof Error ? error.message : String(error) }));
    return undefined;
  }
}

export const formatTime = (seconds) =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);
export const formatClock = (ms) =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms);

export function formatDay(seconds) {
  const date = new Date(seconds * 1000);
  if (date.toDateString() === new Date().toDateString()) return texts.today;
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "long" }).format(date);
}
