import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { freePort } from "@/tests/support/stack/real-postgres";
import { serveApp } from "./app-server";

/**
 * Starts a mail server and the app that QStash delivers to, both for this file only, so that their faults affect no
 * other test. Call it before anything reads the environment.
 */
export async function serveAppWithMail(): Promise<{ catcher: MailCatcher; close(): Promise<void> }> {
  const catcher = await startMailCatcher({ dataDir: null });
  const port = await freePort();
  Object.assign(process.env, { APP_URL: `http://localhost:${port}`, SMTP_URL: catcher.smtpUrl });
  const app = await serveApp(port);
  return {
    catcher,
    close: async () => {
      await app.close();
      await catcher.close();
    },
  };
}
