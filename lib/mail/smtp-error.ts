import { MailFailedError, MailRefusedError } from "./errors";

/** What nodemailer's errors say, as far as it is used here. */
interface SmtpError extends Error {
  code?: string;
  /** The error's own code, where nodemailer put its name over it. */
  originalCode?: string;
  responseCode?: number;
  /** Whether the answer is a refusal for good: 5xx except 503. */
  permanent?: boolean;
  timeoutType?: string;
}

/** Steps at which an answer is about this mail. A 5xx at another is about us (password, TLS) and can be put right. */
const MESSAGE_ERROR_CODES = new Set(["EENVELOPE", "EMESSAGE"]);

/** Failures on the way to the server, before a mail is handed over. */
const SETUP_ERROR_CODES = new Set(["EDNS", "ETLS", "EAUTH", "ENOAUTH", "EOAUTH2", "ECONFIG", "EENVELOPE"]);
const CONNECT_ERROR_CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);
const SETUP_TIMEOUTS = new Set(["CONNECT_TIMEOUT", "GREETING_TIMEOUT", "UPGRADE_TIMEOUT"]);

/**
 * What a failure to send means for the next attempt. The server's words stay out: they quote addresses.
 */
export function toMailError(error: unknown): MailRefusedError | MailFailedError {
  const { code = "", originalCode = "", responseCode, permanent, timeoutType = "" } = error as SmtpError;
  if (permanent && MESSAGE_ERROR_CODES.has(code)) {
    return new MailRefusedError(
      `the mail server refused the mail with ${String(responseCode)}`,
      responseCode,
    );
  }
  // The mail is ours to get right: nodemailer found it wrong before the server saw it.
  if (MESSAGE_ERROR_CODES.has(code) && responseCode === undefined) {
    return new MailRefusedError("the mail cannot be sent as it is");
  }
  const hasResponse = responseCode !== undefined;
  const isCertainlyUnsent =
    hasResponse ||
    SETUP_ERROR_CODES.has(code) ||
    CONNECT_ERROR_CODES.has(originalCode) ||
    SETUP_TIMEOUTS.has(timeoutType);
  return new MailFailedError({
    reason: hasResponse
      ? `the mail server answered ${String(responseCode)}`
      : `the mail server was lost: ${timeoutType || originalCode || code || "no code"}`,
    smtpCode: responseCode,
    mayHaveArrived: !isCertainlyUnsent,
  });
}
