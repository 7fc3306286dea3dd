import { MailFailedError, MailRefusedError } from "./errors";

/** The fields of nodemailer's errors that decide about a retry. */
interface SmtpError extends Error {
  code?: string;
  /** The original error's code, where nodemailer replaced it. */
  originalCode?: string;
  responseCode?: number;
  /** Whether the response is a permanent refusal: 5xx except 503. */
  permanent?: boolean;
  timeoutType?: string;
}

/** Codes of the steps whose response concerns this mail. A 5xx at another step concerns our setup (password, TLS). */
const MESSAGE_ERROR_CODES = new Set(["EENVELOPE", "EMESSAGE"]);

/** Codes and timeouts of failures before the mail is handed over. */
const SETUP_ERROR_CODES = new Set(["EDNS", "ETLS", "EAUTH", "ENOAUTH", "EOAUTH2", "ECONFIG", "EENVELOPE"]);
const CONNECT_ERROR_CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);
const SETUP_TIMEOUTS = new Set(["CONNECT_TIMEOUT", "GREETING_TIMEOUT", "UPGRADE_TIMEOUT"]);

/** Maps a failure to send to what it means for a retry. Leaves out the server's text, which may quote addresses. */
export function toMailError(error: unknown): MailRefusedError | MailFailedError {
  const { code = "", originalCode = "", responseCode, permanent, timeoutType = "" } = error as SmtpError;
  if (permanent && MESSAGE_ERROR_CODES.has(code)) {
    return new MailRefusedError(`mail refused by the server: ${String(responseCode)}`, responseCode);
  }
  // Without a response nodemailer itself refused the mail: it is malformed, or exceeds the server's size limit.
  if (MESSAGE_ERROR_CODES.has(code) && responseCode === undefined) {
    return new MailRefusedError("malformed mail: refused before sending");
  }
  const hasResponse = responseCode !== undefined;
  const isCertainlyUnsent =
    hasResponse ||
    SETUP_ERROR_CODES.has(code) ||
    CONNECT_ERROR_CODES.has(originalCode) ||
    SETUP_TIMEOUTS.has(timeoutType);
  return new MailFailedError({
    reason: hasResponse
      ? `mail not sent: the server answered ${String(responseCode)}`
      : `mail server connection lost: ${timeoutType || originalCode || code || "no code"}`,
    smtpCode: responseCode,
    mayHaveArrived: !isCertainlyUnsent,
  });
}
