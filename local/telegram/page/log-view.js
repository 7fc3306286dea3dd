import { api, byId, formatClock, h, iconButton, plural, texts } from "./dom.js";

const MAX_SHOWN = 100;
const panel = byId("log");
let tab = "calls";
/** Keys of opened entries, which stay open when the list is rendered again. */
const opened = new Set();

/** Shows the bot's calls and updates beside the chat. @param close  what the close button does */
export async function renderLog(bot, close) {
  const path = `bots/${bot.id}`;
  const [calls, updates] = await Promise.all([api("GET", `${path}/calls`), api("GET", `${path}/updates`)]);
  const scrollTop = panel.querySelector(".entries")?.scrollTop ?? 0;
  const focusedId = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const entries = tab === "calls" ? calls.items.map(callEntry) : updates.items.map(updateEntry);
  panel.replaceChildren(
    h(
      "header",
      {},
      h("div", {}, h("h2", {}, texts.log), h("p", { class: "quiet" }, texts.logHint)),
      iconButton("close", texts.closeLog, { id: "log-close", onclick: close }),
    ),
    h("p", { class: "source quiet" }, sourceText(bot)),
    tabs(bot, close),
    h(
      "div",
      { class: "entries", id: "entries", role: "tabpanel", tabindex: 0, "aria-labelledby": `tab-${tab}` },
      entries.length === 0
        ? h("p", { class: "nothing" }, tab === "calls" ? texts.noCalls : texts.noUpdates)
        : entries.slice(-MAX_SHOWN).reverse(),
    ),
  );
  panel.querySelector(".entries").scrollTop = scrollTop;
  if (focusedId) byId(focusedId)?.focus();
}

function tabs(bot, close) {
  const select = (name) => {
    tab = name;
    void renderLog(bot, close).then(() => byId(`tab-${name}`).focus());
  };
  const onkeydown = (event) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight")
      select(tab === "calls" ? "updates" : "calls");
  };
  return h(
    "div",
    { role: "tablist", "aria-label": texts.log, onkeydown },
    ["calls", "updates"].map((name) =>
      h(
        "button",
        {
          ...{ type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "entries" },
          ...{ "aria-selected": String(tab === name), tabindex: tab === name ? 0 : -1 },
          onclick: () => select(name),
        },
        texts[name],
      ),
    ),
  );
}

function sourceText({ webhook, polling }) {
  const waiting =
    webhook.pending_update_count > 0 ? ` · ${plural(texts.waiting, webhook.pending_update_count)}` : "";
  if (webhook.url !== "") return [`${texts.listens.webhook} `, h("code", {}, webhook.url), waiting];
  return [polling ? texts.listens.polling : texts.listens.none, waiting];
}

function callEntry({ seq, at, method, status, description, params }) {
  const isGood = status >= 200 && status < 300;
  const detail = [description && h("p", {}, description), h("pre", {}, JSON.stringify(params, null, 2))];
  return entry(
    `call-${seq}`,
    at,
    method,
    status === 0 ? "—" : String(status),
    isGood ? "good" : "bad",
    detail,
  );
}

function updateEntry({ at, update, state, attempts }) {
  const { update_id: id, ...body } = update;
  const [kind] = Object.keys(body);
  const colour = { delivered: "good", polled: "good", pending: "wait", dropped: "bad" }[state];
  const lines = attempts.map((attempt) =>
    h(
      "p",
      {},
      `${formatClock(attempt.at)} ${attempt.status || "—"} ${attempt.latencyMs} ms ${attempt.error ?? ""}`,
    ),
  );
  const count =
    attempts.length > 1 && h("small", { class: "quiet" }, ` ${plural(texts.attempts, attempts.length)}`);
  const detail = [...lines, h("pre", {}, JSON.stringify(body[kind], null, 2))];
  return entry(
    `update-${id}`,
    at,
    [`${kind} `, h("small", { class: "quiet" }, String(id)), count],
    texts.states[state],
    colour,
    detail,
  );
}

function entry(key, at, title, state, colour, detail) {
  const summary = h(
    "summary",
    { id: key },
    h("time", { class: "quiet" }, formatClock(at)),
    h("span", {}, ...[title].flat().filter(Boolean)),
    h("span", { class: `state ${colour}` }, state),
  );
  const details = h("details", { open: opened.has(key) }, summary, ...detail.filter(Boolean));
  details.ontoggle = () => (details.open ? opened.add(key) : opened.delete(key));
  return details;
}
