/**
 * What can become of a mail that was not sent. None of them carries an address, a text or the server's own words,
 * which quote both: a log may hold them whole.
 */

/** `SMTP_URL` is not set, so this deployment sends no mail. Worth repeating: the mail leaves once it is set. */
export class MailUnavailableError extends Error {
  constructor() {
    super("SMTP_URL is not set, so no mail can be sent");
    this.name = "MailUnavailableError";
  }
}

/** Never repeat: the mail is not well-formed, or the server refused it or its recipient for good (5xx). */
export class MailRefusedError extends Error {
  /** What the server answered, such as 550; undefined when the mail never left. */
  readonly smtpCode: number | undefined;

  constructor(reason: string, smtpCode?: number) {
    super(reason);
    this.name = "MailRefusedError";
    this.smtpCode = smtpCode;
  }
}

interface MailFailure {
  reason: string;
  /** What the server answered, such as 451. */
  smtpCode?: number | undefined;
  /** False: it certainly was not delivered. True: the answer was lost, and it may have been. */
  mayHaveArrived: boolean;
}

/** Repeat later: the server was not reached, or said "not now", or its answer was lost on the way. */
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
