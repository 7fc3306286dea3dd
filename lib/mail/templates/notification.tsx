import { z } from "zod";
import type { Locale } from "../../core/locale";
import { ActionButton, Title, WrittenText } from "../components";
import { headerSchema, linkSchema, textSchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({
  title: headerSchema,
  message: textSchema,
  /** The page that the notification is about. */
  link: linkSchema.optional(),
  /** The page where these mails are turned off. */
  settingsLink: linkSchema,
});

const texts = {
  ru: { action: "Посмотреть", all: "Все уведомления" },
  en: { action: "Take a look", all: "All notifications" },
} as const satisfies Record<Locale, unknown>;

/** A notification for a user who is not online. */
export const notification = defineTemplate({
  props,
  subject: ({ title }) => title,
  preview: ({ message }) => message,
  body({ title, message, link: target }, { locale, link }) {
    const text = texts[locale];
    return (
      <>
        <Title>{title}</Title>
        <WrittenText>{message}</WrittenText>
        <ActionButton href={link(target ?? "/notifications")}>{target ? text.action : text.all}</ActionButton>
      </>
    );
  },
  settingsLink: ({ settingsLink }) => settingsLink,
});
