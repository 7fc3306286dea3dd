import type { Locale } from "../core/locale";
import type { ViewStatus } from "./record-views";

const texts = {
  counted: { ru: "Просмотр добавлен", en: "View added" },
  repeated: { ru: "Просмотр уже был засчитан", en: "This view was counted before" },
  own: { ru: "Свои просмотры не считаются", en: "Your own views do not count" },
} as const;

export function viewMessage(status: Exclude<ViewStatus, "unknown">, locale: Locale): string {
  return texts[status][locale];
}

export function viewsAddedMessage(count: number, locale: Locale): string {
  return locale === "ru" ? `Добавлено просмотров: ${count}` : `Views added: ${count}`;
}
