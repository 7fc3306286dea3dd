/**
 * The phone in the browser. The URL's hash (`#/<bot>`) decides which chat is open, so that back, forward and links
 * work; the user of the phone is remembered. What others write is inserted as text only.
 */
import { introduction, messageItems, statusText, troubleText } from "./chat-view.js";
import { Composer } from "./composer.js";
import { confirmContact, createFirstUser, showAlert, showBot, showNewUser } from "./dialogs.js";
import { api, attempt, avatar, byId, h, iconButton, texts, toast } from "./dom.js";
import { renderLog } from "./log-view.js";
import { menu } from "./menu.js";
import { renderSide } from "./side-view.js";

const ACTION_MS = 5_000;
/** How long a pressed button waits for the bot's answer, as on a phone. */
const ANSWER_MS = 10_000;
const SCROLL_SLACK_PX = 80;
const WIDE = matchMedia("(min-width: 1100px)");

let bots = [];
let users = [];
let chats = [];
let userId = Number(localStorage.getItem("telegram-user") ?? 0);
let logOpen =
  localStorage.getItem("telegram-log") === "open" || (WIDE.matches && !localStorage.getItem("telegram-log"));
/** The open chat as the server has it; `key` is of what is on the screen. */
let open = { key: "", chat: null, position: 0 };
/** Of the link that opened the chat, until it was sent. */
let payload = "";
/** Whether the newest message is in view; the list then follows new ones. */
let isAtEnd = true;
let action = { name: "", timer: 0 };
/** Buttons that wait for an answer: callback id → key of the button. */
const pressed = new Map();

const currentBot = () => bots.find(({ id }) => String(id) === location.hash.slice(2));
const currentUser = () => users.find(({ id }) => id === userId);
const chatPath = () => `chats/${currentBot().id}/${userId}`;
const goTo = (bot) => {
  location.hash = `#/${bot.id}`;
};

const actions = {
  payload: () => payload,
  start: () =>
    attempt(async () => {
      const sent = await api("POST", `${chatPath()}/start`, { payload });
      payload = "";
      await loadChat();
      composer.focus();
      return sent;
    }),
  say: (text, replyTo) =>
    attempt(() =>
      api("POST", `${chatPath()}/messages`, replyTo === undefined ? { text } : { text, replyTo }),
    ),
  sendFile: (file) => {
    const kind = /^image\/(png|jpeg|webp|gif)$/.test(file.type) ? "photos" : "documents";
    const query = new URLSearchParams({ name: file.name });
    return attempt(() =>
      api("POST", `${chatPath()}/${kind}?${query}`, file, file.type || "application/octet-stream"),
    );
  },
  shareContact: () =>
    confirmContact(currentBot(), currentUser(), () =>
      api("POST", `${chatPath()}/messages`, { contact: true }),
    ),
  press: (message, button, key) => attempt(() => press(message, button, key)),
  reply: (message) => composer.reply(message),
  command: (text) => actions.say(text),
  knowsBot: (username) => bots.some((bot) => bot.username.toLowerCase() === username.toLowerCase()),
  openBot: (username, start) => {
    payload = start;
    const bot = bots.find((other) => other.username.toLowerCase() === username.toLowerCase());
    if (bot === currentBot()) showChat();
    else goTo(bot);
  },
};
const composer = new Composer(actions);

async function press(message, button, key) {
  const { presses } = await api("POST", `${chatPath()}/press`, {
    ...{ messageId: message.message_id, data: button.callback_data },
  });
  const [{ callbackId }] = presses;
  const { answer } = await api("GET", `callbacks/${callbackId}`);
  if (answer) return;
  pressed.set(callbackId, key);
  showChat();
  setTimeout(() => {
    if (!pressed.delete(callbackId)) return;
    toast(texts.noAnswer);
    showChat();
  }, ANSWER_MS);
}

let lastRefresh = Promise.resolve();

/** Reads who and what there is, and shows it; after refreshes that are under way. */
function refresh() {
  lastRefresh = lastRefresh.then(readAll);
  return lastRefresh;
}

async function readAll() {
  try {
    [bots, users] = await Promise.all([api("GET", "bots"), api("GET", "users")]);
    if (users.length === 0) users = [await createFirstUser()];
    if (!currentUser()) userId = users[0].id;
    chats = await api("GET", `users/${userId}/chats`);
    byId("lost").hidden = true;
    showSide();
    await loadChat();
    if (logOpen && currentBot()) await renderLog(currentBot(), toggleLog);
  } catch {
    byId("lost").hidden = false;
  }
}

const showSide = () => renderSide({ bots, users, chats, userId, current: currentBot() });

async function loadChat() {
  if (!currentBot()) return showChat();
  const chat = await api("GET", chatPath());
  const key = chatPath();
  // The position of the first look: what came before is shown already.
  open = { key, chat, position: open.key === key ? open.position : chat.seq };
  return showChat();
}

function showChat() {
  const bot = currentBot();
  document.body.classList.toggle("chatting", Boolean(bot));
  document.body.classList.toggle("logging", Boolean(bot) && logOpen);
  byId("log").hidden = !bot || !logOpen;
  if (!bot || open.key !== chatPath()) {
    if (!bot) byId("chat").replaceChildren(emptyView());
    byId("chat").dataset.key = "";
    return;
  }
  const isNew = byId("chat").dataset.key !== open.key;
  if (isNew) buildChat();
  byId("chat").dataset.key = open.key;
  byId("bot-name").textContent = bot.firstName;
  byId("bot-status").textContent = statusText(action.name);
  const trouble = troubleText(bot);
  byId("trouble").hidden = !trouble;
  byId("trouble").textContent = trouble ?? "";
  showMessages();
  composer.update(open.chat, open.key);
  if (isNew || isAtEnd) scrollToEnd();
}

function buildChat() {
  byId("chat").replaceChildren(
    h(
      "header",
      {},
      iconButton("back", texts.back, { class: "icon back", onclick: backToList }),
      avatar(currentBot().id, currentBot().firstName),
      h("div", { class: "title" }, h("h2", { id: "bot-name", dir: "auto" }), h("p", { id: "bot-status" })),
      iconButton("log", texts.log, {
        id: "log-toggle",
        "aria-expanded": String(logOpen),
        onclick: toggleLog,
      }),
      menu(menuEntries),
    ),
    h("p", { id: "trouble", role: "status", hidden: true }),
    h("div", { id: "messages", role: "log", tabindex: 0, "aria-label": texts.messages }, h("ol")),
    composer.element,
  );
  const list = byId("messages");
  list.onscroll = () => {
    isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < SCROLL_SLACK_PX;
  };
  // A keyboard under the messages, or a window that shrinks, hides none of the last ones.
  const stay = () => isAtEnd && scrollToEnd();
  new ResizeObserver(stay).observe(list);
  list.addEventListener("load", stay, { capture: true });
}

/** The entries of the chat's menu now. */
function menuEntries() {
  const { blocked } = open.chat;
  return [
    [texts.edit, () => showBot(currentBot(), () => void refresh())],
    [blocked ? texts.unblock : texts.block, () => api("POST", `${chatPath()}/${blocked ? "un" : ""}block`)],
    [texts.clear, () => api("DELETE", chatPath())],
  ];
}

function showMessages() {
  const list = byId("messages");
  const focusedKey = list.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const items = messageItems(open.chat.messages, actions, new Set(pressed.values()));
  list.firstChild.replaceChildren(...(items.length > 0 ? items : [introduction(currentBot())]));
  if (focusedKey) list.querySelector(`[data-key="${CSS.escape(focusedKey)}"]`)?.focus();
}

function scrollToEnd() {
  const list = byId("messages");
  list.scrollTop = list.scrollHeight;
}

const emptyView = () =>
  h(
    "div",
    { class: "choose" },
    h("p", {}, h("b", {}, texts.choose)),
    h("p", { class: "hint" }, texts.chooseHint),
  );

/** Applies what happened in the open chat since the last look. */
async function followChat() {
  if (!currentBot() || open.key !== chatPath()) return;
  const { events, seq } = await api("GET", `${chatPath()}/events?after=${open.position}`);
  open.position = seq;
  for (const event of events) applyEvent(event);
  await loadChat();
}

function applyEvent(event) {
  if (event.kind === "action") setAction(event.action);
  if (event.kind === "message" && event.message.from.is_bot) setAction("");
  if (event.kind !== "answer") return;
  pressed.delete(event.callbackId);
  const { text, showAlert: isAlert, url } = event.answer;
  if (isAlert || url !== "") showAlert(text, url);
  else if (text !== "") toast(text);
}

function setAction(name) {
  clearTimeout(action.timer);
  const timer = name === "" ? 0 : setTimeout(() => setAction(""), ACTION_MS);
  action = { name, timer };
  if (byId("bot-status")) byId("bot-status").textContent = statusText(name);
}

function toggleLog() {
  logOpen = !logOpen;
  localStorage.setItem("telegram-log", logOpen ? "open" : "closed");
  byId("log-toggle")?.setAttribute("aria-expanded", String(logOpen));
  showChat();
  if (!logOpen) byId("log-toggle")?.focus();
  else void attempt(() => renderLog(currentBot(), toggleLog)).then(() => byId("log-close")?.focus());
}

function backToList() {
  const { hash } = location;
  location.hash = "#/";
  showChat();
  byId("bots")
    .querySelector(`a[href="${CSS.escape(hash)}"]`)
    ?.focus();
}

byId("user").onchange = ({ target }) => {
  userId = Number(target.value);
  localStorage.setItem("telegram-user", target.value);
  void refresh();
};
byId("new-user").onclick = () =>
  showNewUser(users, ({ id }) => {
    userId = id;
    localStorage.setItem("telegram-user", String(id));
    void refresh();
  });
byId("new-bot").onclick = () =>
  showBot(null, (bot) => {
    void refresh().then(() => {
      goTo(bot);
      // The token is what the developer needs next.
      showBot(bot, () => void refresh());
    });
  });
byId("language").onclick = () => {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `locale=${texts.otherLanguage.code}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
};
addEventListener("hashchange", () => {
  setAction("");
  void refresh().then(() => {
    if (WIDE.matches) composer.focus();
  });
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !byId("dialog").open && currentBot() && !WIDE.matches) backToList();
});

/** One refresh at a time; changes during it are one more. */
let isRefreshing = false;
let isStale = false;
async function refreshSoon() {
  isStale = true;
  if (isRefreshing) return;
  isRefreshing = true;
  while (isStale) {
    isStale = false;
    await followChat().catch(() => {});
    await refresh();
  }
  isRefreshing = false;
}

const events = new EventSource("/api/events");
events.onmessage = refreshSoon;
// Also after a reconnect: events were missed meanwhile.
events.onopen = refreshSoon;
events.onerror = () => {
  byId("lost").hidden = false;
};

await refresh();
const linked = location.pathname.slice(1);
if (linked !== "" && actions.knowsBot(linked)) {
  const start = new URLSearchParams(location.search).get("start") ?? "";
  const bot = bots.find(({ username }) => username.toLowerCase() === linked.toLowerCase());
  history.replaceState(null, "", `/#/${bot.id}`);
  payload = start;
  await refresh();
}
