import type { Locale } from "./locale";

/** What the API says to people, in both languages. Page texts live with the pages. */
const messages = {
  // one per error code
  bad_request: { ru: "Запрос составлен неверно", en: "The request is not valid" },
  unauthenticated: { ru: "Войдите, чтобы продолжить", en: "Sign in to continue" },
  forbidden: { ru: "Недостаточно прав", en: "You are not allowed to do this" },
  not_found: { ru: "Не найдено", en: "Not found" },
  method_not_allowed: { ru: "Метод не поддерживается", en: "This method is not supported" },
  conflict: { ru: "Данные изменились, попробуйте ещё раз", en: "Something changed meanwhile, try again" },
  payload_too_large: { ru: "Слишком большой запрос", en: "The request is too large" },
  unsupported_media_type: { ru: "Ожидается application/json", en: "Expected application/json" },
  rate_limited: { ru: "Слишком много запросов, подождите немного", en: "Too many requests, wait a little" },
  internal: { ru: "Что-то сломалось у нас. Мы уже знаем", en: "Something broke on our side" },
  not_available: { ru: "Это ещё не готово", en: "This is not available yet" },
  unavailable: {
    ru: "Сервис временно недоступен, попробуйте позже",
    en: "Temporarily unavailable, try again soon",
  },
  // more exact ones
  malformed_json: { ru: "Тело запроса — не JSON", en: "The body is not JSON" },
  post_not_found: { ru: "Такого поста нет", en: "There is no such post" },
  email_taken: { ru: "Этот адрес уже зарегистрирован", en: "This address is already registered" },
  wrong_credentials: { ru: "Неверный адрес или пароль", en: "Wrong address or password" },
  unknown_referral_code: { ru: "Такого кода приглашения нет", en: "There is no such referral code" },
  queue_not_available: {
    ru: "Эта очередь ещё не принимает задачи",
    en: "This queue does not take tasks yet",
  },
  task_not_found: { ru: "Такой задачи нет", en: "There is no such task" },
  task_not_cancellable: { ru: "Эту задачу нельзя отменить", en: "This task cannot be called off" },
  task_not_dead: { ru: "Задача ещё не остановлена", en: "The task is not dead" },
  task_finished: { ru: "Задача уже завершена", en: "The task is finished already" },
  unknown_queue: { ru: "Такой очереди нет", en: "There is no such queue" },
  bad_signature: { ru: "Подпись неверна", en: "The signature is not valid" },
  bad_cron_secret: { ru: "Нужен секрет расписания", en: "The cron secret is missing or wrong" },
  sync_unavailable: {
    ru: "Redis не отвечает, синхронизировать нечего",
    en: "Redis does not answer, so there is nothing to synchronize from",
  },
  locked: {
    ru: "Это сейчас делает кто-то другой, попробуйте чуть позже",
    en: "Somebody else is doing this right now, try again in a moment",
  },
  product_not_found: { ru: "Такого товара нет", en: "There is no such product" },
  product_archived: { ru: "Этот товар больше не продаётся", en: "This product is no longer for sale" },
  sold_out: { ru: "Столько уже не осталось", en: "There are not that many left" },
  own_product: { ru: "Свой товар купить нельзя", en: "You cannot buy what you sell yourself" },
  artists_only: { ru: "Продавать могут только артисты", en: "Only artists can sell" },
  order_too_large: {
    ru: "Один платёж не может быть таким большим, закажите меньше",
    en: "One payment cannot be that large, order fewer",
  },
  order_not_found: { ru: "Такого заказа нет", en: "There is no such order" },
  order_key_reused: {
    ru: "С этим ключом уже оформлен другой заказ",
    en: "This key belongs to another order already",
  },
  order_not_paid: { ru: "Этот заказ не оплачен", en: "This order has not been paid" },
  order_refunded: { ru: "Все деньги уже возвращены", en: "All of the money has gone back already" },
  refund_too_large: { ru: "Осталось вернуть меньше", en: "Less than that is left to give back" },
  payments_unavailable: {
    ru: "Оплата сейчас не работает, деньги не списаны. Попробуйте чуть позже",
    en: "Payments do not work right now, and nothing was charged. Try again a little later",
  },
  delivery_not_found: { ru: "Такой покупки нет", en: "There is no such purchase" },
  delivery_revoked: {
    ru: "Деньги за эту покупку возвращены, она больше не действует",
    en: "This purchase was refunded and is no longer valid",
  },
  ticket_used: { ru: "По этому билету уже прошли", en: "This ticket has been used already" },
  not_enough_bonuses: { ru: "Столько бонусов нет", en: "There are not that many bonuses" },
  idempotency_key_reused: {
    ru: "С этим ключом уже был другой запрос",
    en: "This key was used for another request",
  },
  signed_out: { ru: "Вы вышли", en: "You are signed out" },
} as const satisfies Record<string, Record<Locale, string>>;

export type MessageKey = keyof typeof messages;

/** The text of a message in a language. */
export function messageText(key: MessageKey, locale: Locale): string {
  return messages[key][locale];
}
