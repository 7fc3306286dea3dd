import { env } from "../core/env";
import { formatMoney, formatQuantity } from "../core/format";
import type { Locale } from "../core/locale";
import { isolate } from "../schemas/isolate";
import type { NotificationView } from "../schemas/notification";
import { notificationPath, parseNotification, type TypedNotification } from "../schemas/notification-kinds";
import { escapeHtml } from "../schemas/telegram-text";

type Data<K extends TypedNotification["kind"]> = Extract<TypedNotification, { kind: K }>["data"];

/** The first line, and the second one. */
type Lines<D> = (data: D, locale: Locale) => [title: string, text: string];

const formatBonuses = (minor: number, locale: Locale) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: minor % 100 === 0 ? 0 : 2 }).format(minor / 100);

const unknownUser = { ru: "Кто-то", en: "Someone" } as const;
const untitled = { ru: "Уведомление", en: "Notification" } as const;

/** As the list of notifications on the site has them (app/i18n/messages), without markup. */
const lines: Record<Locale, { [K in TypedNotification["kind"]]: Lines<Data<K>> }> = {
  ru: {
    sale: ({ title, quantity, ...amount }, locale) => [
      `Продажа: ${formatQuantity(title, quantity)}`,
      `На сумму ${formatMoney(amount, locale)}`,
    ],
    sale_refunded: ({ title, ...amount }, locale) => [
      `Возврат по продаже: ${title}`,
      `Покупателю вернулось ${formatMoney(amount, locale)}`,
    ],
    delivered: ({ title }) => [`Готово: ${title}`, "Покупка уже ваша, всё на странице заказа"],
    refund: ({ title, ...amount }, locale) => [
      `Возврат: ${title}`,
      `${formatMoney(amount, locale)} возвращаются к вам`,
    ],
    bonus: ({ amountMinor }, locale) => [
      `Начислено бонусов: ${formatBonuses(amountMinor, locale)}`,
      "Это десятая часть покупки того, кого вы пригласили",
    ],
    bonus_reversed: ({ amountMinor }, locale) => [
      `Списано бонусов: ${formatBonuses(amountMinor, locale)}`,
      "Деньги за эту покупку вернули покупателю",
    ],
    mention: ({ authorName, chatTitle }) => [
      `${isolate(authorName ?? unknownUser.ru)} упоминает вас`,
      chatTitle === null ? "В личной переписке" : `В чате «${isolate(chatTitle)}»`,
    ],
    chat_invite: ({ byName, chatTitle }) => [
      `Вас добавили в чат «${isolate(chatTitle ?? "")}»`,
      `Кто добавил: ${isolate(byName ?? unknownUser.ru)}`,
    ],
  },
  en: {
    sale: ({ title, quantity, ...amount }, locale) => [
      `Sold: ${formatQuantity(title, quantity)}`,
      `For ${formatMoney(amount, locale)}`,
    ],
    sale_refunded: ({ title, ...amount }, locale) => [
      `Sale refunded: ${title}`,
      `${formatMoney(amount, locale)} returned to the buyer`,
    ],
    delivered: ({ title }) => [`Ready: ${title}`, "It's yours: everything is on the order page"],
    refund: ({ title, ...amount }, locale) => [
      `Refund: ${title}`,
      `${formatMoney(amount, locale)} is on its way back to you`,
    ],
    bonus: ({ amountMinor }, locale) => [
      `Bonuses earned: ${formatBonuses(amountMinor, locale)}`,
      "A tenth of a purchase by someone you invited",
    ],
    bonus_reversed: ({ amountMinor }, locale) => [
      `Bonuses reversed: ${formatBonuses(amountMinor, locale)}`,
      "That purchase was refunded",
    ],
    mention: ({ authorName, chatTitle }) => [
      `${isolate(authorName ?? unknownUser.en)} mentioned you`,
      chatTitle === null ? "In your conversation" : `In “${isolate(chatTitle)}”`,
    ],
    chat_invite: ({ byName, chatTitle }) => [
      `You've been added to “${isolate(chatTitle ?? "")}”`,
      `Added by ${isolate(byName ?? unknownUser.en)}`,
    ],
  },
};

/** A notification as a message in Telegram, with the address of its page. */
export function telegramText({ kind, data, title, message }: NotificationView, locale: Locale): string {
  const notice = parseNotification(kind, data);
  const [first, second] = notice
    ? // The lines of its own kind.
      (lines[locale][notice.kind] as Lines<typeof notice.data>)(notice.data, locale)
    : [isolate(title ?? untitled[locale]), message];
  const url = `${env().APP_URL}${notice ? notificationPath(notice) : "/notifications"}`;
  const shown = [`<b>${escapeHtml(first)}</b>`, escapeHtml(second ?? ""), `\n${escapeHtml(url)}`];
  return shown.filter((line) => line !== "").join("\n");
}
