import { createTransport } from "nodemailer";
import { env } from "../core/env";
import { MailUnavailableError } from "./errors";

/**
 * Time limits of one mail. A task that mails has a minute in all, and a hung server must not hold it longer
 * than a try at another moment would take.
 */
const CONNECT_TIMEOUT_MS = 5_000;
/** From the connection to the server's first words, TLS included. */
const GREETING_TIMEOUT_MS = 5_000;
/** No word from the server for so long; many scan a mail before they take it. */
const SOCKET_TIMEOUT_MS = 15_000;
const DNS_TIMEOUT_MS = 5_000;
/** The whole of it, for a server that answers a little at a time. */
export const SEND_TIMEOUT_MS = 30_000;

let transporter: ReturnType<typeof create> | undefined;

/**
 * This process's SMTP client, made on first use.
 *
 * A connection for each mail and no pool: a function that is frozen between two mails would find its kept
 * connections dead, and mail is not where a handshake counts.
 * @throws {MailUnavailableError} when `SMTP_URL` is not set
 */
export function mailTransporter() {
  const { SMTP_URL } = env();
  if (SMTP_URL === undefined) throw new MailUnavailableError();
  transporter ??= create(SMTP_URL);
  return transporter;
}

function create(url: string) {
  return createTransport({
    url,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    dnsTimeout: DNS_TIMEOUT_MS,
    // No mail reads a file or fetches a URL, whatever ends up in one.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
