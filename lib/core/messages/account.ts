import type { Locale } from "../locale";

/** Signing in, addresses, passwords and roles; the handle of a person's page. */
export const accountMessages = {
  wrong_credentials: { ru: "Неверный адрес или пароль", en: "Wrong address or password" },
  account_blocked: {
    ru: "Этот аккаунт заблокирован. Напишите в поддержку, если считаете это ошибкой",
    en: "This account is blocked. Write to support if you think that is a mistake",
  },
  signed_out: { ru: "Вы вышли", en: "You are signed out" },
  unknown_referral_code: { ru: "Такого кода приглашения нет", en: "There is no such referral code" },
  email_taken: { ru: "Этот адрес уже зарегистрирован", en: "This address is already registered" },
  password_common: {
    ru: "Этот пароль пробуют первым: он слишком распространённый. Придумайте другой",
    en: "This password is among the first to be tried. Choose another one",
  },

  link_invalid: {
    ru: "Ссылка уже не работает: её открыли раньше, срок вышел или пришла более новая",
    en: "This link no longer works: it was used, its time is over, or there is a newer one",
  },
  too_many_mails: {
    ru: "Писем за последний час было достаточно. Проверьте «Спам» или попробуйте позже",
    en: "Enough mails within the hour. Look into your spam folder, or try again later",
  },
  reset_mail_sent: {
    ru: "Если такой аккаунт есть, письмо со ссылкой уже в пути",
    en: "If there is such an account, a mail with a link is on its way",
  },
  confirm_mail_sent: { ru: "Письмо со ссылкой в пути", en: "A mail with a link is on its way" },
  address_mail_sent: {
    ru: "Письмо на новый адрес в пути. Адрес сменится, когда вы откроете ссылку из него",
    en: "A mail to the new address is on its way. The address changes when you open its link",
  },
  address_confirmed: { ru: "Адрес подтверждён", en: "The address is confirmed" },
  address_changed: { ru: "Теперь это ваш адрес", en: "This is your address now" },
  same_address: { ru: "Это и так ваш адрес", en: "This is your address already" },
  address_already_confirmed: { ru: "Адрес уже подтверждён", en: "The address is confirmed already" },

  wrong_password: { ru: "Неверный пароль", en: "The password is wrong" },
  same_password: { ru: "Это ваш нынешний пароль", en: "This is your present password" },
  password_changed: {
    ru: "Пароль сменён, на других устройствах вы вышли",
    en: "The password is changed, and your other devices are signed out",
  },
  password_reset: {
    ru: "Пароль сменён, вы вышли везде. Войдите с новым",
    en: "The password is changed and you are signed out everywhere. Sign in with the new one",
  },

  person_not_found: { ru: "Такого человека нет", en: "There is no such person" },
  handle_taken: { ru: "Этот адрес уже занят", en: "This address is taken" },
  handle_reserved: { ru: "Этот адрес занят сайтом", en: "The site needs this address itself" },
  handle_invalid: {
    ru: "Только латинские буквы, цифры и дефисы между ними",
    en: "Only Latin letters, digits, and hyphens between them",
  },

  account_deleted: {
    ru: "Аккаунт удалён. Письмо об этом в пути",
    en: "The account is deleted. A mail that says so is on its way",
  },
  deletion_order_pending: {
    ru: "Заказ ещё не оплачен и не отменён. Завершите его или подождите: без оплаты он закроется сам за 40 минут",
    en: "An order is neither paid nor given up. Finish it, or wait: unpaid, it closes by itself within 40 minutes",
  },
  deletion_order_paid: {
    ru: "Заказ оплачен, но ещё не передан покупателю. Это займёт пару минут",
    en: "An order is paid and not handed over yet. It takes a few minutes",
  },
  deletion_order_refunding: {
    ru: "Деньги за заказ сейчас возвращаются. Дождитесь конца возврата",
    en: "The money of an order is on its way back. Wait until the refund is done",
  },
} as const satisfies Record<string, Record<Locale, string>>;
