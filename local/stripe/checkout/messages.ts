export type Language = "en" | "ru";

/** Texts of the buyer's page. */
export interface CheckoutMessages {
  title: string;
  standIn: string;
  noMoney: string;
  toPay: string;
  each: (price: string) => string;
  total: string;
  testCard: string;
  buyer: string;
  pay: (amount: string) => string;
  get: string;
  decline: string;
  leave: string;
  trouble: string;
  twice: string;
  twiceHint: string;
  late: string;
  lateHint: string;
  declined: string;
  declinedHint: string;
  processing: string;
  processingHint: string;
  paid: string;
  paidHint: string;
  expired: string;
  expiredHint: string;
  back: string;
  unknown: string;
  unknownHint: string;
  badForm: string;
  openUntil: string;
}

const en: CheckoutMessages = {
  title: "Checkout",
  standIn: "Local stand-in for Stripe",
  noMoney: "No money moves here.",
  toPay: "To pay",
  each: (price) => `${price} each`,
  total: "Total",
  testCard: "Test card",
  buyer: "Receipt to",
  pay: (amount) => `Pay ${amount}`,
  get: "Get it for free",
  decline: "Get declined",
  leave: "Leave without paying",
  trouble: "Simulate a fault",
  twice: "Pay, with every event sent twice",
  twiceHint: "The shop is notified of one payment three times and must deliver once.",
  late: "Pay, but late",
  lateHint: "You are back in the shop before the payment is through.",
  declined: "The card was declined",
  declinedHint: "Nothing was taken. You can try again.",
  processing: "The payment is on its way",
  processingHint: "The shop is notified in a few seconds.",
  paid: "This is paid",
  paidHint: "Nothing more will be taken.",
  expired: "This checkout has ended",
  expiredHint: "Nothing was taken. Start again from the shop.",
  back: "Back to the shop",
  unknown: "No such checkout",
  unknownHint: "The address is wrong, or this local Stripe was emptied since.",
  badForm: "The form says nothing this page knows. It takes one of:",
  openUntil: "Open until",
};

const ru: CheckoutMessages = {
  title: "Оплата",
  standIn: "Локальная замена Stripe",
  noMoney: "Деньги здесь не списываются.",
  toPay: "К оплате",
  each: (price) => `по ${price}`,
  total: "Итого",
  testCard: "Тестовая карта",
  buyer: "Чек на",
  pay: (amount) => `Оплатить ${amount}`,
  get: "Получить бесплатно",
  decline: "Получить отказ банка",
  leave: "Уйти без оплаты",
  trouble: "Имитация сбоя",
  twice: "Оплатить, каждое событие придёт дважды",
  twiceHint: "Магазин получит три уведомления об одной оплате, а товар должен выдать один раз.",
  late: "Оплатить с опозданием",
  lateHint: "Вы вернётесь в магазин раньше, чем пройдёт платёж.",
  declined: "Карта отклонена",
  declinedHint: "Ничего не списано. Можно попробовать ещё раз.",
  processing: "Платёж в пути",
  processingHint: "Магазин узнает о нём через несколько секунд.",
  paid: "Уже оплачено",
  paidHint: "Больше ничего не спишется.",
  expired: "Оплата закрыта",
  expiredHint: "Ничего не списано. Начните заново в магазине.",
  back: "Вернуться в магазин",
  unknown: "Такой оплаты нет",
  unknownHint: "Адрес неверен, или локальный Stripe с тех пор очистили.",
  badForm: "В форме нет ничего, что знает эта страница. Она принимает одно из:",
  openUntil: "Открыто до",
};

export const MESSAGES: Readonly<Record<Language, CheckoutMessages>> = { en, ru };

/**
 * The session's language if it is supported, else the browser's preferred supported one, else English.
 *
 * @param acceptLanguage  the header; parts are ordered by weight, then by position
 */
export function preferredLanguage(locale: string | null, acceptLanguage: string | undefined): Language {
  const candidates =
    locale === null || locale === "auto" ? parseAcceptLanguage(acceptLanguage ?? "") : [locale];
  for (const tag of candidates) {
    const [language] = tag.toLowerCase().split("-");
    if (language === "ru" || language === "en") return language;
  }
  return "en";
}

function parseAcceptLanguage(header: string): string[] {
  return header
    .split(",")
    .map((part) => {
      const [tag = "", ...options] = part.trim().split(";");
      const weight = options.map((option) => /^\s*q=([\d.]+)/.exec(option)?.[1]).find(Boolean);
      return { tag, weight: Number(weight ?? 1) };
    })
    .sort((left, right) => right.weight - left.weight)
    .map(({ tag }) => tag);
}
