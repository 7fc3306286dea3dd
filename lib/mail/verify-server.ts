import SmtpConnection from "nodemailer/lib/smtp-connection";
import { env } from "../core/env";
import { mailServer } from "./transporter";

/** No server has a method of this name. */
const PROBE_METHOD = "ENVELOPE-PROBE";

/**
 * Connects to the mail server, signs in, and announces a mail that it then takes back: a server whose storage is full,
 * or whose quota is used up, refuses it. Nothing is sent.
 * @throws when it refuses or does not answer
 */
export async function verifyMailServer(): Promise<void> {
  const { options, auth } = mailServer();
  let status = 0;
  const connection = new SmtpConnection({
    ...options,
    // The only place where this client lets its caller send a command.
    customAuth: {
      [PROBE_METHOD]: async ({ sendCommand }) => {
        ({ status } = await sendCommand(`MAIL FROM:<${senderAddress()}>`));
        await sendCommand("RSET");
      },
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null) => (error ? reject(error) : resolve());
      connection.once("error", reject);
      connection.once("end", () => reject(new Error("connection closed by the mail server")));
      const announce = (error?: Error | null) =>
        error ? reject(error) : connection.login({ method: PROBE_METHOD }, done);
      connection.connect((error) => {
        if (error) return reject(error);
        if (auth && connection.allowsAuth) connection.login(auth, announce);
        else announce();
      });
    });
    connection.quit();
    if (status >= 400) throw new EnvelopeRefusedError(status);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function senderAddress(): string {
  const { APP_URL, MAIL_FROM } = env();
  return /<([^<>]+)>/.exec(MAIL_FROM ?? "")?.[1] ?? MAIL_FROM ?? `no-reply@${new URL(APP_URL).hostname}`;
}

/** The server's text may quote addresses, so only its code is kept. */
class EnvelopeRefusedError extends Error {
  constructor(readonly responseCode: number) {
    super(`mail refused by the server: ${responseCode}`);
    this.name = "EnvelopeRefusedError";
  }
}
