import { Client } from "@upstash/qstash";
import { lanes } from "@/lib/tasks/define-queue";
import { startStripe } from "@/local/stripe";
import { serveApp } from "@/tests/support/processes/app-server";
import { freePort } from "@/tests/support/stack/real-postgres";

/**
 * A shop for one test file: its app has its own address, so that QStash and the payment provider call back into this
 * process, and its own payment provider. Import it before anything reads the environment.
 */
const port = await freePort();
const APP_URL = `http://localhost:${port}`;

export const WEBHOOK_SECRET = "whsec_of_this_test";

export const provider = await startStripe({
  dataDir: null,
  webhookUrl: `${APP_URL}/api/webhooks/payments`,
  secretKey: "sk_test_of_this_test",
  webhookSecret: WEBHOOK_SECRET,
  retryScale: 0.001,
  lateMs: 50,
});

Object.assign(process.env, {
  APP_URL,
  STRIPE_API_URL: provider.url,
  STRIPE_SECRET_KEY: provider.secretKey,
  STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
});

const app = await serveApp(port);

const qstash = new Client({
  baseUrl: process.env.QSTASH_URL ?? "",
  token: process.env.QSTASH_TOKEN ?? "",
  retry: false,
});
let deliveriesHeld = false;

/**
 * Makes QStash hold all messages. A paid order has four tasks and two mails; a file that asserts what is enqueued would
 * wait behind their work. `finishTasks` and `runCheck` deliver by hand.
 */
export async function holdDeliveries(): Promise<void> {
  if (deliveriesHeld) return;
  deliveriesHeld = true;
  for (const { key } of Object.values(lanes)) await qstash.flowControl.pause(key);
}

/** Discards the held messages and resumes deliveries. */
export async function releaseDeliveries(): Promise<void> {
  if (!deliveriesHeld) return;
  deliveriesHeld = false;
  await qstash.messages.cancel({ all: true });
  for (const { key } of Object.values(lanes)) await qstash.flowControl.resume(key);
}

/** Call it in `afterAll`. */
export async function stopShopServer(): Promise<void> {
  await releaseDeliveries();
  await app.close();
  await provider.close();
}
