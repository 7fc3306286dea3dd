import { type AddressObject, type Attachment, type ParsedMail, simpleParser } from "mailparser";
import { z } from "zod";

/** The list's data of a mail; stored with it, so that a start parses no mail. */
export const mailSummarySchema = z.object({
  /** UUID v7: ids sort by arrival. */
  id: z.uuid(),
  receivedAt: z.iso.datetime(),
  /** Recipients of the SMTP envelope. */
  to: z.array(z.string()),
  from: z.object({ name: z.string(), address: z.string() }),
  subject: z.string(),
  messageId: z.string(),
  /** The beginning of the text. */
  snippet: z.string(),
  /** Lower-case text that the search looks through. */
  searchText: z.string(),
  attachmentCount: z.number().int(),
  sizeBytes: z.number().int(),
});

export type MailSummary = z.infer<typeof mailSummarySchema>;

export interface SmtpEnvelope {
  from: string;
  to: string[];
}

const MAX_SNIPPET_LENGTH = 160;
const MAX_SEARCH_TEXT_LENGTH = 4_000;

/** Parses a mail without converting between its parts: a mail without a text part has no text. */
export function parseMail(raw: Buffer): Promise<ParsedMail> {
  return simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
}

export async function summarize(
  id: string,
  receivedAt: string,
  raw: Buffer,
  envelope: SmtpEnvelope,
): Promise<MailSummary> {
  const mail = await parseMail(raw);
  const sender = mail.from?.value[0];
  const from = { name: sender?.name ?? "", address: sender?.address ?? envelope.from };
  const subject = mail.subject ?? "";
  const text = (mail.text ?? stripTags(mail.html || "")).replace(/\s+/g, " ").trim();
  const searchText = [subject, from.name, from.address, ...envelope.to, text].join("\n");
  return {
    id,
    receivedAt,
    to: envelope.to,
    from,
    subject,
    messageId: mail.messageId ?? "",
    snippet: text.slice(0, MAX_SNIPPET_LENGTH),
    searchText: searchText.toLowerCase().slice(0, MAX_SEARCH_TEXT_LENGTH),
    attachmentCount: mail.attachments.length,
    sizeBytes: raw.length,
  };
}

function stripTags(html: string): string {
  return html.replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ");
}

/** A mail's details, as the API returns them. */
export function describeMail(mail: ParsedMail) {
  return {
    date: mail.date?.toISOString() ?? null,
    replyTo: addressesOf(mail.replyTo),
    cc: addressesOf(mail.cc),
    text: mail.text ?? null,
    html: mail.html || null,
    headers: mail.headerLines.map(({ line }) => splitHeader(line)),
    attachments: mail.attachments.map(describeAttachment),
  };
}

function splitHeader(line: string): { name: string; value: string } {
  const colon = line.indexOf(":");
  return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
}

function addressesOf(field: AddressObject | AddressObject[] | undefined): string[] {
  return [field ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address ?? ""));
}

function describeAttachment(attachment: Attachment, index: number) {
  return {
    index,
    filename: attachment.filename ?? `attachment-${index + 1}`,
    contentType: attachment.contentType,
    sizeBytes: attachment.size,
  };
}
