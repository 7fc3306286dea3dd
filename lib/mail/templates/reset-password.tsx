import { z } from "zod";
import { formatDuration } from "../../core/format";
import type { Locale } from "../../core/locale";
import { ActionButton, Footnote, Paragraph, PlainLink, Title } from "../components";
import { lineSchema, linkSchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({
  name: lineSchema,
  /** Contains the token. */
  resetLink: linkSchema,
  minutesValid: z.number().int().min(1).max(1_440),
});

const texts = {
  ru: {
    subject: "Новый пароль для NormalDance",
    title: "Придумайте новый пароль",
    hello: (name: string) => `${name}, мы получили запрос на смену пароля вашего аккаунта.`,
    action: "Задать новый пароль",
    valid: (span: string) => `Ссылка одноразовая, срок её действия — ${span}:`,
    other:
      "Если это были не вы, ничего делать не нужно: пароль останется прежним, а ссылку видите только вы.",
  },
  en: {
    subject: "A new password for NormalDance",
    title: "Choose a new password",
    hello: (name: string) => `${name}, we received a request to change your account's password.`,
    action: "Set a new password",
    valid: (span: string) => `The link works once and is valid for ${span}:`,
    other:
      "If this was not you, you can ignore this email: your password stays the same, and only you can see the link.",
  },
} as const satisfies Record<Locale, unknown>;

/** Sent to a user who forgot the password. */
export const resetPassword = defineTemplate({
  props,
  subject: (_, { locale }) => texts[locale].subject,
  preview: ({ name }, { locale }) => texts[locale].hello(name),
  body({ name, resetLink, minutesValid }, { locale, link }) {
    const text = texts[locale];
    return (
      <>
        <Title>{text.title}</Title>
        <Paragraph>{text.hello(name)}</Paragraph>
        <ActionButton href={link(resetLink)}>{text.action}</ActionButton>
        <Footnote>
          {text.valid(formatDuration(minutesValid, "minute", locale))} <PlainLink href={link(resetLink)} />
        </Footnote>
        <Footnote>{text.other}</Footnote>
      </>
    );
  },
});
