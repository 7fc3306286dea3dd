import { listen } from "../http/server";
import { type Fault, Faults } from "./faults";
import { MailStore } from "./mail-store";
import { mailboxHandler } from "./mailbox-handler";
import { listenSmtp } from "./smtp";

export type { Fault } from "./faults";

export interface MailCatcherOptions {
  /** 0 picks a free one. */
  smtpPort?: number;
  /** 0 picks a free one. */
  pagePort?: number;
  /** Folder in which mails survive a restart; null keeps them in memory. */
  dataDir: string | null;
  /** Maximum number of mails; the oldest are deleted. Default: 1,000. */
  limit?: number;
}

export interface MailCatcher {
  /** For `SMTP_URL`. */
  readonly smtpUrl: string;
  /** URL of the mailbox page; its API is under `/api`. */
  readonly pageUrl: string;
  /** Activates a fault until its `times` are used up or {@link heal} is called. */
  fail(fault: Fault): void;
  heal(): void;
  /** Number of mails that the fault `hang` has received. */
  readonly hanging: number;
  /** Stops listening and closes open connections. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a mail server on loopback that accepts every mail, delivers none, and shows them on a page.
 *
 * @throws {PortTakenError}
 */
export async function startMailCatcher(options: MailCatcherOptions): Promise<MailCatcher> {
  const store = await MailStore.open(options.dataDir, options.limit);
  const faults = new Faults();
  const smtp = await listenSmtp(options.smtpPort ?? 0, store, faults);
  const smtpUrl = `smtp://127.0.0.1:${smtp.port}`;
  try {
    const http = await listen("mailbox", options.pagePort ?? 0, mailboxHandler({ store, faults, smtpUrl }));
    let closing: Promise<void> | undefined;
    return {
      smtpUrl,
      pageUrl: http.url,
      fail: (fault) => faults.set(fault),
      heal: () => faults.clear(),
      get hanging() {
        return smtp.hanging;
      },
      close() {
        closing ??= Promise.all([smtp.close(), http.close()]).then(() => {});
        return closing;
      },
    };
  } catch (error) {
    await smtp.close();
    throw error;
  }
}
