import type { Locale } from "../core/locale";

/** What the bot sends on its own; everything else is in the workflows. */
const texts = {
  ru: {
    purchase: "• {title}: {amount}, {date}",
    underWay: "⏳ Выполняю, это займёт несколько секунд…",
    failed: "Что-то пошло не так, и этот сценарий остановлен. Начните заново командой /start.",
    stale: "Эта кнопка уже не действует: по ней ответили раньше или сценарий пошёл дальше.",
    notYours: "Эта кнопка не действует. Начните с команды /start.",
    unknownInput: "Не понимаю. Команда /start покажет меню.",
    unknownCommand: "Такой команды нет. Команда /start покажет меню.",
    tooMany: "Слишком много сообщений. Подождите минуту.",
    shareContact: "Отправить мой номер",
    linked: "Готово: Telegram связан с аккаунтом {name}. Команда /start покажет меню.",
    linkFailed: "Код не подходит: он уже использован или устарел. Получите новый на странице устройств.",
    textOnly: "Я понимаю только текст и кнопки.",
  },
  en: {
    purchase: "• {title}: {amount}, {date}",
    underWay: "⏳ Working on it, this takes a few seconds…",
    failed: "Something went wrong, and this workflow has stopped. Begin again with /start.",
    stale: "This button no longer works: it was answered before, or the conversation has moved on.",
    notYours: "This button does not work. Begin with /start.",
    unknownInput: "I do not understand. /start shows the menu.",
    unknownCommand: "There is no such command. /start shows the menu.",
    tooMany: "Too many messages. Please wait a minute.",
    shareContact: "Share my number",
    linked: "Done: Telegram is linked with the account {name}. /start shows the menu.",
    linkFailed:
      "The code does not work: it was used before, or has expired. Get a new one on the devices page.",
    textOnly: "I understand text and buttons only.",
  },
} as const satisfies Record<Locale, Record<string, string>>;

export type BotTextKey = keyof (typeof texts)["ru"];

/** A text in the person's language; `{names}` are replaced once, as plain text. */
export function botText(
  language: Locale,
  key: BotTextKey,
  values: Readonly<Record<string, string>> = {},
): string {
  return texts[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
