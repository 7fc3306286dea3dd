import { z } from "zod";
import type { Locale } from "../../core/locale";
import { ActionButton, Footnote, Paragraph, PlainLink, Title } from "../components";
import { lineSchema, linkSchema } from "../fields";
import { formatDuration } from "../format";
import { defineTemplate } from "../template";

const props = z.object({
  name: lineSchema,
  /** Holds the token. */
  resetLink: linkSchema,
  minutesValid: z.number().int().min(1).max(1_440),
});

const texts = {
  ru: {
    subject: "Новый пароль для NormalDance",
    title: "Придумайте новый пароль",
    hello: (name: string) => `${name}, кто-то, надеемся, что вы, попросил сменить пароль вашего аккаунта.`,
    action: "Задать новый пароль",
    valid: (span: string) => `Ссылка сработает один раз, её срок — ${span}:`,
    other: "Если это были не вы, ничего не делайте: пароль останется прежним, а ссылка видна только вам.",
  },
  en: {
    subject: "A new password for NormalDance",
    title: "Choose a new password",
    hello: (name: string) => `${name}, somebody, we hope you, asked to change your account's password.`,
    action: "Set a new password",
    valid: (span: string) => `The link works once, within ${span}:`,
    other: "If it was not you, do nothing: the password stays as it is, and only you see this link.",
  },
} as const satisfies Record<Locale, unknown>;

/** To somebody who cannot sign in any more. */
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
