import { z } from "zod";
import type { Locale } from "../../core/locale";
import { ActionButton, Paragraph, Title } from "../components";
import { lineSchema } from "../fields";
import { defineTemplate } from "../template";

const noticeSchema = z.enum([
  "password_changed",
  "address_change_asked",
  "address_changed",
  "address_taken",
  "telegram_linked",
]);

const props = z.object({
  name: lineSchema,
  /** What happened to the account. */
  notice: noticeSchema,
});

interface NoticeTexts {
  subject: string;
  title: string;
  /** What happened. */
  what: string;
  /** What to do when it was not the user. */
  other: string;
  action: string;
}

const SECURITY_PATH = "/me/security";
const FORGOT_PASSWORD_PATH = "/forgot-password";

/** Target of each notice's button. A user who was locked out cannot open a page that needs a sign-in. */
const actionPaths: Readonly<Record<z.infer<typeof noticeSchema>, string>> = {
  password_changed: FORGOT_PASSWORD_PATH,
  address_change_asked: SECURITY_PATH,
  address_changed: "/sign-in",
  address_taken: "/sign-in",
  telegram_linked: "/me/devices",
};

const texts = {
  ru: {
    password_changed: {
      subject: "Пароль NormalDance изменён",
      title: "Пароль изменён",
      what: "пароль вашего аккаунта только что изменили, а на остальных устройствах выполнили выход.",
      other: "Если это были не вы, сразу задайте новый пароль: ссылку пришлём на этот адрес.",
      action: "Это не я",
    },
    address_change_asked: {
      subject: "Запрос на смену адреса почты",
      title: "Меняете адрес?",
      what: "в вашем аккаунте запросили смену адреса почты. Адрес изменится, когда на новой почте откроют ссылку из нашего письма.",
      other: "Если это были не вы, смените пароль: тогда ссылка перестанет работать.",
      action: "Открыть настройки",
    },
    address_changed: {
      subject: "Адрес вашего аккаунта изменён",
      title: "Адрес изменён",
      what: "у вашего аккаунта теперь другой адрес почты. На этот адрес письма больше не придут.",
      other: "Если это были не вы, напишите нам как можно скорее.",
      action: "Войти",
    },
    address_taken: {
      subject: "Ваш адрес пытались указать в другом аккаунте",
      title: "Этот адрес уже ваш",
      what: "кто-то пытался указать этот адрес в другом аккаунте. Ничего не изменилось: адрес по-прежнему ваш.",
      other: "Если это были вы, войдите в аккаунт с этим адресом. Если нет, ничего делать не нужно.",
      action: "Войти",
    },
    telegram_linked: {
      subject: "Telegram связан с вашим аккаунтом",
      title: "Telegram связан",
      what: "с вашим аккаунтом только что связали Telegram. Тот, у кого этот Telegram, видит ваши бонусы и может их тратить.",
      other: "Если это были не вы, отвяжите его на странице устройств и смените пароль.",
      action: "Открыть устройства",
    },
  },
  en: {
    password_changed: {
      subject: "Your NormalDance password was changed",
      title: "Password changed",
      what: "your account's password has just been changed, and your other devices have been signed out.",
      other: "If this was not you, set a new password right now: we will send the link to this address.",
      action: "This was not me",
    },
    address_change_asked: {
      subject: "Someone is changing your account's email address",
      title: "Changing your address?",
      what: "a change of your account's email address was requested. It takes effect when the link that we sent to the new address is opened.",
      other: "If this was not you, change your password: the link will then stop working.",
      action: "Open the settings",
    },
    address_changed: {
      subject: "Your account's email address was changed",
      title: "Address changed",
      what: "your account now has another email address. We will no longer write to this one.",
      other: "If this was not you, contact us as soon as you can.",
      action: "Sign in",
    },
    address_taken: {
      subject: "Someone tried to use your address for another account",
      title: "This address is already yours",
      what: "someone tried to use this address for another account. Nothing has changed: it is still yours.",
      other:
        "If this was you, sign in to the account with this address. If not, you don't need to do anything.",
      action: "Sign in",
    },
    telegram_linked: {
      subject: "Telegram was linked with your account",
      title: "Telegram linked",
      what: "a Telegram has just been linked with your account. Whoever has it sees your bonuses and can spend them.",
      other: "If this was not you, unlink it on the devices page and change your password.",
      action: "Open the devices",
    },
  },
} as const satisfies Record<Locale, Record<z.infer<typeof noticeSchema>, NoticeTexts>>;

/** Sent when an account's password or address was changed, or a change was requested. */
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
