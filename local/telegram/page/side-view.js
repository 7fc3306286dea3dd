import { snippet } from "./chat-view.js";
import { avatar, byId, formatTime, h, texts } from "./dom.js";

/** Shows the list of bots and whose phone this is. A link with the focus keeps it. */
export function renderSide({ bots, users, chats, userId, current }) {
  const select = byId("user");
  select.replaceChildren(...users.map(({ id, firstName }) => h("option", { value: id }, firstName)));
  select.value = String(userId);
  const list = byId("bots");
  const focused = list.contains(document.activeElement) ? document.activeElement.hash : "";
  list.replaceChildren(...bots.map((bot) => item(bot, chats, bot === current)));
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  byId("no-bots").hidden = bots.length > 0;
  byId("no-bots").replaceChildren(
    h("p", {}, h("b", {}, texts.noBots)),
    h("p", {}, texts.noBotsHint),
    h("p", {}, h("code", {}, `TELEGRAM_API_ROOT=${location.origin}`)),
  );
}

function item(bot, chats, isCurrent) {
  const { last } = chats.find((chat) => chat.bot === bot.id) ?? {};
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#/${bot.id}`, "aria-current": isCurrent ? "true" : undefined },
      avatar(bot.id, bot.firstName),
      h("b", { dir: "auto" }, bot.firstName),
      last ? h("time", {}, formatTime(last.date)) : h("span", {}),
      h("span", { class: "snippet", dir: "auto" }, last ? snippet(last) : `@${bot.username}`),
    ),
  );
}
