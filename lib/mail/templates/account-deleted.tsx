import { z } from "zod";
import type { Locale } from "../../core/locale";
import { ActionButton, Footnote, Paragraph, Title } from "../components";
import { lineSchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({ name: lineSchema });

const texts = {
  ru: {
    subject: "Ваш аккаунт NormalDance удалён",
    title: "Аккаунт удалён",
    hello: (name: string) => `${name}, мы удалили ваш аккаунт, а с ним посты, товары, бонусы и уведомления.`,
    kept: "Всё, что у вас купили, осталось у покупателей, но без вашего имени. Ваши просмотры чужих постов теперь анонимны.",
    again: "Захотите вернуться — с этим адресом можно зарегистрироваться снова.",
    action: "Открыть NormalDance",
    last: "Это последнее письмо: больше мы вам писать не будем.",
  },
  en: {
    subject: "Your NormalDance account has been deleted",
    title: "Account deleted",
    hello: (name: string) =>
      `${name}, we have deleted your account, along with your posts, products, bonuses and notifications.`,
    kept: "Your buyers keep what they bought from you, but without your name. Your views of other people's posts are anonymous now.",
    again: "If you ever want to come back, you can sign up with this address again.",
    action: "Open NormalDance",
    last: "This is our last email: we will not write to you again.",
  },
} as const satisfies Record<Locale, unknown>;

/** Sent to the address of a deleted account. */
export const accountDeleted = defineTemplate({
  props,
  subject: (_, { locale }) => texts[locale].subject,
  preview: ({ name }, { locale }) => texts[locale].hello(name),
  body({ name }, { locale, link }) {
    const text = texts[locale];
    return (
      <>
        <Title>{text.title}</Title>
        <Paragraph>{text.hello(name)}</Paragraph>
        <Paragraph>{text.kept}</Paragraph>
        <Paragraph>{text.again}</Paragraph>
        <ActionButton href={link("/")}>{text.action}</ActionButton>
        <Footnote>{text.last}</Footnote>
      </>
    );
  },
});
