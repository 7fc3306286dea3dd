/**
 * Errors of a mail that was not sent. None contains an address, the mail's text or the server's response, which may
 * quote both, so they are safe to log.
 */

/** `SMTP_URL` is not set, so this deployment sends no mail. Retry: the mail is sent once it is set. */
export class MailUnavailableError extends Error {
  constructor() {
    super("mail not sent: SMTP_URL is not set");
    this.name = "MailUnavailableError";
  }
}

/** Never retry: the mail is malformed, or the server permanently refused it or its recipient (5xx). */
export class MailRefusedError extends Error {
  /** The server's status, such as 550; undefined when the mail never reached it. */
  readonly smtpCode: number | undefined;

  constructor(reason: string, smtpCode?: number) {
    super(reason);
    this.name = "MailRefusedError";
    this.smtpCode = smtpCode;
  }
}

interface MailFailure {
  reason: string;
  /** The server's status, such as 451. */
  smtpCode?: number | undefined;
  /** False: certainly not delivered. True: the response was lost, so the outcome is unknown. */
  mayHaveArrived: boolean;
}

/** Retry later: the server was not reached, refused temporarily (4xx), or its response was lost. */
export class MailFailedError extends Error {
  readonly smtpCode: number | undefined;
  readonly mayHaveArrived: boolean;

  constructor({ reason, smtpCode, mayHaveArrived }: MailFailure) {
    super(reason);
    this.name = "MailFailedError";
    this.smtpCode = smtpCode;
    this.mayHaveArrived = mayHaveArrived;
  }
}
