import { render, toPlainText } from "@react-email/render";
import type { z } from "zod";
import { MailRefusedError } from "./errors";
import { absoluteLink, isOneLine } from "./fields";
import { Layout } from "./layout";
import type { mailSchema } from "./mail";
import type { Template, TemplateContext } from "./template";
import { templates } from "./templates";

export interface RenderedMail {
  subject: string;
  html: string;
  text: string;
  /** Absolute; sent as `List-Unsubscribe`. */
  settingsLink: string | undefined;
}

/** Keeps headings as written instead of in capitals; the rest is the library's default. */
const TEXT_OPTIONS = {
  wordwrap: 78,
  selectors: [{ selector: "h1", options: { uppercase: false } }],
};

/**
 * Subject, HTML and text of a mail.
 *
 * @param appUrl base URL for paths, without a trailing slash
 * @throws {MailRefusedError} when the template's subject has line breaks
 */
export async function renderMail(mail: z.output<typeof mailSchema>, appUrl: string): Promise<RenderedMail> {
  // The union links props to their template; indexing by the name loses that link.
  const template = templates[mail.template] as Template<z.ZodType>;
  const context: TemplateContext = {
    locale: mail.locale,
    link: (link) => absoluteLink(link, appUrl),
  };
  const subject = template.subject(mail.props, context);
  if (!isOneLine(subject)) throw new MailRefusedError("the subject has line breaks");
  const settingsLink = template.settingsLink?.(mail.props);
  const absoluteSettingsLink = settingsLink === undefined ? undefined : context.link(settingsLink);
  const html = await render(
    <Layout
      locale={mail.locale}
      subject={subject}
      preview={template.preview(mail.props, context)}
      appUrl={appUrl}
      settingsLink={absoluteSettingsLink}
    >
      {template.body(mail.props, context)}
    </Layout>,
  );
  return { subject, html, text: toPlainText(html, TEXT_OPTIONS), settingsLink: absoluteSettingsLink };
}
