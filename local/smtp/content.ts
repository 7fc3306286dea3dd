import type { ServerResponse } from "node:http";
import { sendJson } from "../http/server";
import { parseMail } from "./mail";
import type { MailStore } from "./mail-store";

/**
 * CSP for the content of mails: no scripts, no requests, no forms, no framing by other sites; links open in a new
 * tab. It also applies when the URL is opened outside the page's frame.
 */
const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "font-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox allow-popups allow-popups-to-escape-sandbox",
].join("; ");

/** Answers `/messages/{id}/html`, `/source` and `/attachments/{n}`. */
export async function handleContent(store: MailStore, response: ServerResponse, url: URL): Promise<void> {
  const [, , id = "", part, index, ...rest] = url.pathname.split("/");
  const raw = rest.length > 0 ? null : await store.read(id);
  if (!raw) return notFound(response);
  if (part === "source" && index === undefined) {
    return sendContent(response, raw, { "content-type": "text/plain; charset=utf-8" });
  }
  const mail = await parseMail(raw);
  if (part === "html" && index === undefined && mail.html) {
    return sendContent(response, Buffer.from(withBlankTarget(mail.html)), {
      "content-type": "text/html; charset=utf-8",
    });
  }
  const attachment = part === "attachments" ? mail.attachments[Number(index)] : undefined;
  if (!attachment) return notFound(response);
  const filename = encodeURIComponent(attachment.filename ?? `attachment-${Number(index) + 1}`);
  sendContent(response, attachment.content, {
    // Downloaded and never displayed, independent of the attachment's declared type.
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename*=UTF-8''${filename}`,
  });
}

/** Inserts a `<base>` before the mail's own: browsers apply only the first. */
function withBlankTarget(html: string): string {
  const baseTag = '<base target="_blank">';
  const head = /<head(\s[^>]*)?>/i;
  return head.test(html) ? html.replace(head, (tag) => tag + baseTag) : baseTag + html;
}

function sendContent(response: ServerResponse, body: Buffer, headers: Record<string, string>): void {
  response.writeHead(200, {
    ...headers,
    "content-length": body.length,
    "content-security-policy": MAIL_POLICY,
  });
  response.end(body);
}

function notFound(response: ServerResponse): void {
  sendJson(response, 404, { error: "there is no such thing" });
}
