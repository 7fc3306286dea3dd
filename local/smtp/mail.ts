import { type AddressObject, type Attachment, type ParsedMail, simpleParser } from "mailparser";
import { z } from "zod";

/** What the list shows of a mail; kept beside it, so that a start reads no mail again. */
export const mailSummarySchema = z.object({
  /** UUID v7, so ids are in the order of arrival. */
  id: z.uuid(),
  receivedAt: z.iso.datetime(),
  /** Who SMTP was told it goes to. */
  to: z.array(z.string()),
  from: z.object({ name: z.string(), address: z.string() }),
  subject: z.string(),
  messageId: z.string(),
  /** The text's beginning. */
  snippet: z.string(),
  /** What search looks through, in lower case. */
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

/** A mail as its parts. Nothing is made up: a mail without a text part has none. */
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

/** A mail as its page and the tests read it. */
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
