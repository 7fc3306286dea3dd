import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { PortTakenError } from "../http/server";
import type { Faults } from "./faults";
import type { MailStore } from "./mail-store";

export interface ListeningSmtp {
  readonly port: number;
  /** Number of mails that were received and never answered. */
  readonly hanging: number;
  close(): Promise<void>;
}

/** Larger than common mail servers accept. */
const MAX_MAIL_BYTES = 30 * 1024 * 1024;
/** How long a stop waits for clients. */
const CLOSE_TIMEOUT_MS = 100;

/** The error reply of a handler. */
class SmtpReply extends Error {
  constructor(
    readonly responseCode: number,
    text: string,
  ) {
    super(text);
  }
}

/**
 * Listens for SMTP on loopback and accepts any credentials, sender and recipient. The 250 is sent once the mail is
 * stored.
 * @throws {PortTakenError}
 */
export async function listenSmtp(port: number, store: MailStore, faults: Faults): Promise<ListeningSmtp> {
  let hanging = 0;
  const server: SMTPServer = new SMTPServer({
    name: "mailbox.localhost",
    banner: "nothing is delivered from here",
    // Clients would reject the library's self-signed certificate.
    disabledCommands: ["STARTTLS"],
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? "anybody" }),
    size: MAX_MAIL_BYTES,
    disableReverseLookup: true,
    closeTimeout: CLOSE_TIMEOUT_MS,
    logger: false,

    onConnect(session, done) {
      if (faults.consume("refuse", [])) dropConnection(server, session);
      else done();
    },
    onRcptTo({ address }, _session, done) {
      const fault = faults.consume("answer", [address], ({ at }) => at === "recipient");
      done(fault && new SmtpReply(fault.code, `fault switch, recipient <${address}>`));
    },
    onData(stream, session, done) {
      receive(stream, session).then(
        (reply) => reply !== "silence" && done(null, reply),
        (error: Error) => done(error),
      );
    },
  });

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (!stream.sizeExceeded) chunks.push(chunk);
    }
    if (stream.sizeExceeded) throw new SmtpReply(552, "the mail is too large");
    const { mailFrom, rcptTo } = session.envelope;
    const recipients = rcptTo.map(({ address }) => address);
    const answer = faults.consume("answer", recipients, ({ at }) => at === "mail");
    if (answer) throw new SmtpReply(answer.code, "fault switch");
    if (faults.consume("hang", recipients)) {
      hanging += 1;
      return "silence";
    }
    const { id } = await store.add(Buffer.concat(chunks), {
      from: mailFrom ? mailFrom.address : "",
      to: recipients,
    });
    if (faults.consume("drop", recipients)) {
      dropConnection(server, session);
      return "silence";
    }
    return `kept as ${id}`;
  }

  const listenError = once(server, "error");
  const tcp = server.listen(port, "127.0.0.1");
  const failure = await Promise.race([once(tcp, "listening").then(() => null), listenError]);
  if (failure) {
    const error = failure[0] as NodeJS.ErrnoException;
    throw error.code === "EADDRINUSE" ? new PortTakenError(port, "SMTP") : error;
  }
  // Errors of clients, such as a connection lost in the middle of a mail, are ignored.
  server.on("error", () => {});
  return {
    port: (tcp.address() as AddressInfo).port,
    get hanging() {
      return hanging;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Closes a session's connection without a reply. */
function dropConnection(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections) {
    if (connection.session.id === session.id) connection._socket.destroy();
  }
}
