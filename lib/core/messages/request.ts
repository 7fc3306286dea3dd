import type { Locale } from "../locale";

/** What is wrong with a request, or with the service: one text per error code, and more specific ones. */
export const requestMessages = {
  // One per error code.
  bad_request: { ru: "Запрос составлен неверно", en: "The request is not valid" },
  unauthenticated: { ru: "Войдите, чтобы продолжить", en: "Sign in to continue" },
  fresh_sign_in_required: {
    ru: "Для этого нужно ещё раз ввести пароль",
    en: "Please give your password again for this",
  },
  forbidden: { ru: "Недостаточно прав", en: "You are not allowed to do this" },
  address_not_confirmed: {
    ru: "Сначала подтвердите адрес почты: письмо со ссылкой уже у вас",
    en: "Confirm your address first: the mail with the link is in your inbox",
  },
  cannot_write: { ru: "Этому человеку нельзя написать", en: "You cannot write to this person" },
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

  // Links of an error's page.
  page_home: { ru: "На главную", en: "To the home page" },
  page_sign_in: { ru: "Войти", en: "Sign in" },

  malformed_json: { ru: "Тело запроса — не JSON", en: "The body is not JSON" },
  body_broken_off: { ru: "Тело запроса пришло не целиком", en: "The body broke off" },
  foreign_origin: {
    ru: "Этот запрос отправлен с другого сайта, поэтому он отклонён",
    en: "Another site sent this request, so it was refused",
  },
  idempotency_key_reused: {
    ru: "С этим ключом уже был другой запрос",
    en: "This key was used for another request",
  },
  locked: {
    ru: "Это сейчас выполняет другой запрос, попробуйте чуть позже",
    en: "Another request is doing this right now, try again in a moment",
  },
  bad_signature: { ru: "Подпись неверна", en: "The signature is not valid" },
  bad_cron_secret: { ru: "Нужен секрет расписания", en: "The cron secret is missing or wrong" },
  bad_metrics_token: { ru: "Нужен ключ метрик", en: "The metrics token is missing or wrong" },
} as const satisfies Record<string, Record<Locale, string>>;
