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
    hello: (name: string) => `${name}, мы удалили ваш аккаунт: посты, товары, бонусы и уведомления.`,
    kept: "То, что у вас купили, осталось у покупателей, но без вашего имени. Просмотры чужих постов тоже остались без имени.",
    again: "С этим адресом можно в любой момент зарегистрироваться заново.",
    action: "Открыть NormalDance",
    last: "Это последнее письмо от нас: сюда больше ничего не придёт.",
  },
  en: {
    subject: "Your NormalDance account is deleted",
    title: "Account deleted",
    hello: (name: string) =>
      `${name}, we have deleted your account: posts, products, bonuses and notifications.`,
    kept: "What people bought from you stays theirs, without your name. Your views of other people's posts have no name either.",
    again: "You can sign up with this address again at any time.",
    action: "Open NormalDance",
    last: "This is our last mail: nothing more will come to this address.",
  },
} as const satisfies Record<Locale, unknown>;

/** To the address of an account that was deleted. */
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
