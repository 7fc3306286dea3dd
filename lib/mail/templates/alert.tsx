import { z } from "zod";
import type { Locale } from "../../core/locale";
import { alertEventSchema, getAlertTitle } from "../../schemas/alert";
import { ActionButton, Footnote, Paragraph, Title, WrittenText } from "../components";
import { lineSchema, linkSchema, textSchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({
  event: alertEventSchema,
  kind: z.string().min(1).max(40),
  subject: lineSchema,
  message: textSchema,
  /** When it opened. */
  since: z.iso.datetime(),
  /** More of its kind are not announced within this hour. */
  isLastOfHour: z.boolean(),
  consoleLink: linkSchema,
});

const texts = {
  ru: {
    subject: { opened: "Тревога", resolved: "Тревога закрыта" },
    since: (at: string) => `Открыта: ${at} UTC`,
    last: "Таких тревог за час уже много: до конца часа о новых писем не будет, все они в консоли.",
    action: "Открыть консоль",
  },
  en: {
    subject: { opened: "Alert", resolved: "Alert closed" },
    since: (at: string) => `Open since ${at} UTC`,
    last: "There were many of this kind within an hour: further ones are not mailed until it is over. The console has all of them.",
    action: "Open the console",
  },
} as const satisfies Record<Locale, unknown>;

/** Sent to the operators' address when an alert opens and when it is closed. */
export const alert = defineTemplate({
  props,
  subject: ({ event, kind }, { locale }) => `${texts[locale].subject[event]}: ${getAlertTitle(kind, locale)}`,
  preview: ({ message }) => message,
  body({ kind, subject, message, since, isLastOfHour, consoleLink }, { locale, link }) {
    const text = texts[locale];
    const at = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
    return (
      <>
        <Title>{getAlertTitle(kind, locale)}</Title>
        <WrittenText>{message}</WrittenText>
        <Paragraph dir="auto">{subject}</Paragraph>
        <Paragraph>{text.since(at.format(new Date(since)))}</Paragraph>
        <ActionButton href={link(consoleLink)}>{text.action}</ActionButton>
        {isLastOfHour && <Footnote>{text.last}</Footnote>}
      </>
    );
  },
});
