import type { IncomingHttpHeaders } from "node:http";

/** Texts of the page. `{n}` is a number; `arrived` has the forms of Intl.PluralRules. */
export const texts = {
  ru: {
    title: "Почта, локально",
    heading: "Почта",
    search: "Искать",
    list: "Письма",
    clear: "Удалить все",
    clearSure: "Точно удалить все?",
    more: "Показать ещё",
    arrived: { one: "Пришло {n} письмо", few: "Пришло {n} письма", many: "Пришло {n} писем" },
    empty: "Писем пока нет",
    emptyHint: "Всё, что приложение отправит, окажется здесь и никуда дальше не уйдёт.",
    nothingFound: "По этому запросу ничего нет.",
    choose: "Выберите письмо. Стрелки листают, / — поиск, Esc — назад к списку.",
    lost: "Почтовый сервер не отвечает. Показано то, что было; страница обновится сама.",
    gone: "Этого письма больше нет.",
    back: "К списку",
    delete: "Удалить",
    noSubject: "Без темы",
    noText:
      "У письма нет текстовой части. Так его не прочтут программы без HTML, и спам-фильтры это не любят.",
    noHtml: "У письма нет HTML, вот его текст.",
    from: "От",
    to: "Кому",
    at: "Когда",
    views: "Как показать письмо",
    tabs: { html: "Вид", text: "Текст", headers: "Заголовки", source: "Исходник" },
    repeat: "повтор",
    repeatHint:
      "Письмо с таким же Message-ID уже приходило: отправитель не дождался ответа и отправил ещё раз",
    attachments: "Вложения",
    otherLanguage: { code: "en", name: "English" },
  },
  en: {
    title: "Mail, local",
    heading: "Mail",
    search: "Search",
    list: "Mails",
    clear: "Delete all",
    clearSure: "Really delete all?",
    more: "Show more",
    arrived: { one: "{n} mail came", other: "{n} mails came" },
    empty: "No mails yet",
    emptyHint: "Every mail that the app sends appears here and is not delivered.",
    nothingFound: "Nothing matches.",
    choose: "Choose a mail. Arrows move, / searches, Esc goes back to the list.",
    lost: "The mail server does not answer. The list may be outdated; the page reconnects automatically.",
    gone: "This mail no longer exists.",
    back: "All mails",
    delete: "Delete",
    noSubject: "No subject",
    noText: "The mail has no text part. Programs without HTML cannot show it, and spam filters dislike it.",
    noHtml: "The mail has no HTML; here is its text.",
    from: "From",
    to: "To",
    at: "Received",
    views: "How to show the mail",
    tabs: { html: "Rendered", text: "Text", headers: "Headers", source: "Source" },
    repeat: "repeat",
    repeatHint:
      "A mail with the same Message-ID came before: its sender did not get the answer and sent it again",
    attachments: "Attachments",
    otherLanguage: { code: "ru", name: "Русский" },
  },
} as const;

/** The cookie `locale` decides (shared with the app: cookies ignore ports), then Accept-Language. */
export function preferredLanguage(headers: IncomingHttpHeaders): keyof typeof texts {
  const chosen = /(?:^|;\s*)locale=(ru|en)(?:;|$)/.exec(headers.cookie ?? "")?.[1];
  if (chosen === "ru" || chosen === "en") return chosen;
  const accepted = /\b(ru|en)\b/i.exec(headers["accept-language"] ?? "")?.[1]?.toLowerCase();
  return accepted === "en" ? "en" : "ru";
}
