import { z } from "zod";
import type { Locale } from "../../core/locale";
import { ActionButton, Paragraph, Title } from "../components";
import { lineSchema } from "../fields";
import { defineTemplate } from "../template";

const noticeSchema = z.enum(["password_changed", "address_change_asked", "address_changed", "address_taken"]);

const props = z.object({
  name: lineSchema,
  /** What was done with the account. */
  notice: noticeSchema,
});

interface NoticeTexts {
  subject: string;
  title: string;
  /** What happened. */
  what: string;
  /** What to do when it was somebody else. */
  other: string;
  action: string;
}

const SECURITY_PATH = "/me/security";
const FORGOT_PASSWORD_PATH = "/forgot-password";

/** Where each notice leads. Whoever was locked out cannot get to a page behind the sign-in. */
const actionPaths: Readonly<Record<z.infer<typeof noticeSchema>, string>> = {
  password_changed: FORGOT_PASSWORD_PATH,
  address_change_asked: SECURITY_PATH,
  address_changed: "/sign-in",
  address_taken: "/sign-in",
};

const texts = {
  ru: {
    password_changed: {
      subject: "Пароль NormalDance сменён",
      title: "Пароль сменён",
      what: "пароль вашего аккаунта только что сменили, на остальных устройствах вы вышли.",
      other: "Если это были не вы, задайте новый пароль прямо сейчас: письмо со ссылкой придёт сюда.",
      action: "Это был не я",
    },
    address_change_asked: {
      subject: "Кто-то меняет адрес вашего аккаунта",
      title: "Новый адрес?",
      what: "в вашем аккаунте попросили сменить адрес почты. Он сменится, когда откроют ссылку из письма на новый адрес.",
      other: "Если это были не вы, смените пароль: тогда та ссылка не сработает.",
      action: "Открыть настройки",
    },
    address_changed: {
      subject: "Адрес вашего аккаунта сменён",
      title: "Адрес сменён",
      what: "у вашего аккаунта теперь другой адрес почты. На этот письма больше не приходят.",
      other: "Если это были не вы, напишите нам как можно скорее.",
      action: "Войти",
    },
    address_taken: {
      subject: "На ваш адрес хотели перевести другой аккаунт",
      title: "Этот адрес уже ваш",
      what: "кто-то хотел указать этот адрес в другом аккаунте. Ничего не изменилось: адрес остался вашим.",
      other: "Если это были вы, войдите в аккаунт с этим адресом. Если нет, ничего делать не нужно.",
      action: "Войти",
    },
  },
  en: {
    password_changed: {
      subject: "Your NormalDance password was changed",
      title: "Password changed",
      what: "your account's password has just been changed, and your other devices are signed out.",
      other: "If it was not you, set a new one right now: the mail with the link comes to this address.",
      action: "It was not me",
    },
    address_change_asked: {
      subject: "Somebody is changing your account's address",
      title: "A new address?",
      what: "somebody in your account asked for another mail address. It changes when the link in a mail to the new one is opened.",
      other: "If it was not you, change your password: that link will then open nothing.",
      action: "Open the settings",
    },
    address_changed: {
      subject: "Your account's address was changed",
      title: "Address changed",
      what: "your account has another mail address now. This one gets no more mails.",
      other: "If it was not you, write to us as soon as you can.",
      action: "Sign in",
    },
    address_taken: {
      subject: "Somebody wanted to move another account to your address",
      title: "This address is yours already",
      what: "somebody wanted to use this address for another account. Nothing has changed: it stays yours.",
      other: "If it was you, sign in to the account with this address. If not, there is nothing to do.",
      action: "Sign in",
    },
  },
} as const satisfies Record<Locale, Record<z.infer<typeof noticeSchema>, NoticeTexts>>;

/** To somebody whose account's password or address was changed, or is about to be. */
export const accountNotice = defineTemplate({
  props,
  subject: ({ notice }, { locale }) => texts[locale][notice].subject,
  preview: ({ name, notice }, { locale }) => `${name}, ${texts[locale][notice].what}`,
  body({ name, notice }, { locale, link }) {
    const text: NoticeTexts = texts[locale][notice];
    return (
      <>
        <Title>{text.title}</Title>
        <Paragraph>
          {name}, {text.what}
        </Paragraph>
        <Paragraph>{text.other}</Paragraph>
        <ActionButton href={link(actionPaths[notice])}>{text.action}</ActionButton>
      </>
    );
  },
});
