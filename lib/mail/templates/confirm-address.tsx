import { z } from "zod";
import { formatDuration } from "../../core/format";
import type { Locale } from "../../core/locale";
import { ActionButton, Footnote, Paragraph, PlainLink, Title } from "../components";
import { lineSchema, linkSchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({
  name: lineSchema,
  /** Contains the token. */
  confirmLink: linkSchema,
  hoursValid: z.number().int().min(1).max(720),
});

const texts = {
  ru: {
    subject: "Подтвердите адрес почты",
    title: "Это ваш адрес?",
    hello: (name: string) =>
      `${name}, осталось подтвердить, что этот адрес ваш. Сюда мы будем присылать покупки и ссылку для нового пароля, если вы его забудете.`,
    action: "Да, это мой адрес",
    valid: (span: string) => `Срок действия ссылки — ${span}:`,
    other: "Если вы этого не запрашивали, просто удалите письмо.",
  },
  en: {
    subject: "Confirm your address",
    title: "Is this your address?",
    hello: (name: string) =>
      `${name}, please confirm that this address is yours. We will send your purchases here, and a link if you forget your password.`,
    action: "Yes, it's mine",
    valid: (span: string) => `The link is valid for ${span}:`,
    other: "If you did not ask for this, you can ignore this email.",
  },
} as const satisfies Record<Locale, unknown>;

/** Sent after a sign-up or a request to change the address. */
export const confirmAddress = defineTemplate({
  props,
  subject: (_, { locale }) => texts[locale].subject,
  preview: ({ name }, { locale }) => texts[locale].hello(name),
  body({ name, confirmLink, hoursValid }, { locale, link }) {
    const text = texts[locale];
    return (
      <>
        <Title>{text.title}</Title>
        <Paragraph>{text.hello(name)}</Paragraph>
        <ActionButton href={link(confirmLink)}>{text.action}</ActionButton>
        <Footnote>
          {text.valid(formatDuration(hoursValid, "hour", locale))} <PlainLink href={link(confirmLink)} />
        </Footnote>
        <Footnote>{text.other}</Footnote>
      </>
    );
  },
});
