import { createTransport } from "nodemailer";
import SmtpTransport from "nodemailer/lib/smtp-transport";
import { env } from "../core/env";
import { MailUnavailableError } from "./errors";

/**
 * Time limits of one mail. An `emails` task has one minute in total, and waiting longer for a hung server is worth less
 * than a retry.
 */
const CONNECT_TIMEOUT_MS = 5_000;
/** From the connection to the server's greeting, TLS included. */
const GREETING_TIMEOUT_MS = 5_000;
/** Longest silence of the server; many scan a mail before they accept it. */
const SOCKET_TIMEOUT_MS = 15_000;
const DNS_TIMEOUT_MS = 5_000;
/** In total, for a server that responds slowly in small pieces. */
export const SEND_TIMEOUT_MS = 30_000;

let clients: ReturnType<typeof create> | undefined;

/**
 * This process's SMTP client, created on first use.
 *
 * One connection per mail and no pool: a serverless function that was frozen between two mails would find its pooled
 * connections dead, and the cost of a handshake does not matter for mail.
 * @throws {MailUnavailableError} when `SMTP_URL` is not set
 */
export function mailTransporter() {
  return mailClients().transporter;
}

/** The server, the limits and the credentials of {@link mailTransporter}. @throws {MailUnavailableError} as there */
export function mailServer() {
  const { options, auth } = mailClients().smtp;
  return { options, auth };
}

function mailClients() {
  const { SMTP_URL } = env();
  if (SMTP_URL === undefined) throw new MailUnavailableError();
  clients ??= create(SMTP_URL);
  return clients;
}

function create(url: string) {
  const smtp = new SmtpTransport({
    url,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    dnsTimeout: DNS_TIMEOUT_MS,
    // A mail's content must never make nodemailer read a file or fetch a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { smtp, transporter: createTransport(smtp) };
}
