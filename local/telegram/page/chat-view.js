import { avatar, fill, formatDay, formatTime, h, icon, iconButton, texts } from "./dom.js";
import { renderText } from "./render-text.js";

/**
 * The messages of a chat, oldest first, with the day above the first of each.
 * @param actions  press, reply, command, openBot, knowsBot
 * @param busy  keys of pressed buttons that the bot has not answered
 */
export function messageItems(messages, actions, busy) {
  const items = [];
  let day = "";
  for (const message of messages) {
    const messageDay = formatDay(message.date);
    if (messageDay !== day) items.push(h("li", { class: "day" }, h("span", {}, messageDay)));
    day = messageDay;
    items.push(messageItem(message, actions, busy));
  }
  return items;
}

/** Instead of messages, before the first one: who the bot is. */
export const introduction = ({ id, firstName, username, description }) =>
  h(
    "li",
    { class: "about" },
    avatar(id, firstName),
    h("b", { dir: "auto" }, firstName),
    h("span", { class: "quiet" }, `@${username}`),
    description !== "" && h("p", { dir: "auto" }, description),
  );

function messageItem(message, actions, busy) {
  const isMine = !message.from.is_bot;
  const name = isMine ? texts.you_ : message.from.first_name;
  const text = message.text ?? message.caption;
  const classes = ["message", isMine ? "mine" : "theirs", message.photo ? "with-photo" : ""];
  const bubble = h(
    "div",
    { class: "bubble" },
    h("span", { class: "unseen" }, `${name}: `),
    message.reply_to_message && quote(message.reply_to_message),
    message.photo && photo(message.photo),
    message.document && file(message.document),
    message.contact && contact(message.contact),
    h(
      "div",
      { class: "body" },
      text !== undefined &&
        h(
          "div",
          { class: "text", dir: "auto" },
          ...renderText(text, message.entities ?? message.caption_entities, actions),
        ),
      h(
        "span",
        { class: "meta" },
        message.edit_date && `${texts.edited} `,
        h("time", { datetime: new Date(message.date * 1000).toISOString() }, formatTime(message.date)),
      ),
    ),
  );
  return h(
    "li",
    { class: classes.join(" "), id: `message-${message.message_id}` },
    h(
      "div",
      { class: "line" },
      bubble,
      iconButton("reply", texts.reply, { class: "icon reply", onclick: () => actions.reply(message) }),
    ),
    keyboard(message, actions, busy),
  );
}

function keyboard(message, actions, busy) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return h(
    "div",
    { class: "keyboard" },
    rows.map((row, rowIndex) =>
      h(
        "div",
        { class: "row" },
        row.map((button, column) => inlineButton(message, button, `${rowIndex}:${column}`, actions, busy)),
      ),
    ),
  );
}

function inlineButton(message, button, position, actions, busy) {
  if (button.url !== undefined) {
    return h(
      "a",
      { class: "key", href: button.url, target: "_blank", rel: "noopener noreferrer" },
      button.text,
      icon("link"),
    );
  }
  const key = `${message.message_id}:${position}`;
  const sends = button.callback_data !== undefined;
  return h(
    "button",
    {
      ...{ type: "button", class: busy.has(key) ? "key busy" : "key", "data-key": key },
      ...{ disabled: !sends, onclick: () => actions.press(message, button, key) },
    },
    button.text,
  );
}

export const snippet = (message) =>
  message.text ??
  message.caption ??
  (message.photo
    ? texts.photo
    : message.contact
      ? texts.contact
      : (message.document?.file_name ?? texts.file));

function quote(message) {
  const show = () => {
    const target = document.getElementById(`message-${message.message_id}`);
    target?.scrollIntoView({ block: "center" });
  };
  const author = message.from.is_bot ? message.from.first_name : texts.you_;
  return h(
    "button",
    { type: "button", class: "quote", onclick: show },
    h("span", { class: "unseen" }, `${texts.replyTo}: `),
    h("b", {}, author),
    h("span", { dir: "auto" }, snippet(message)),
  );
}

function photo(sizes) {
  const largest = sizes.at(-1);
  const { file_id: id, width, height } = largest;
  return h(
    "a",
    { class: "photo", href: `/media/${id}`, target: "_blank", rel: "noopener" },
    h("img", { src: `/media/${id}`, width, height, alt: texts.photo, loading: "lazy" }),
  );
}

const file = (document) =>
  h(
    "a",
    { class: "file", href: `/media/${document.file_id}`, download: document.file_name },
    icon("file"),
    h(
      "span",
      {},
      h("b", { dir: "auto" }, document.file_name),
      h("small", {}, formatSize(document.file_size)),
    ),
  );

const formatSize = (bytes) =>
  new Intl.NumberFormat(document.documentElement.lang, {
    ...{ style: "unit", unit: "kilobyte", maximumFractionDigits: 1 },
  }).format(bytes / 1024);

const contact = ({ first_name: first, last_name: last, phone_number: phone }) =>
  h(
    "div",
    { class: "contact" },
    h("b", { dir: "auto" }, [first, last].filter(Boolean).join(" ")),
    h("span", {}, phone),
  );

/** What the header says under the bot's name. */
export function statusText(action) {
  if (!action) return texts.bot;
  return texts.typing[action] ?? texts.typing.other;
}

/** Why the bot does not answer, if that can be seen from here; null otherwise. */
export function troubleText({ webhook, polling }) {
  if (webhook.pending_update_count === 0) return null;
  if (webhook.url === "") return polling ? null : texts.notListening;
  return webhook.last_error_message && fill(texts.webhookFails, { error: webhook.last_error_message });
}
