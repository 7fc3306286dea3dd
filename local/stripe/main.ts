import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { startStripe } from "./index";
import { LATE_PAYMENT_DELAY_MS } from "./options";

const HELP = `An emulator of Stripe: checkout sessions with a page to pay on, payment intents, charges,
refunds and signed events, for the official SDKs.

  tsx local/stripe/main.ts --webhook-url <url> [options]

  --webhook-url <url>       where events are sent; without it none are sent
  --port <n>                port to listen on (12111)
  --host <address>          address to listen on (127.0.0.1); any other shows your payments to the network
  --data-dir <folder>       keep data across restarts; without it everything is in memory
  --secret-key <key>        key of callers (STRIPE_SECRET_KEY, else generated)
  --webhook-secret <text>   signs events (STRIPE_WEBHOOK_SECRET, else generated)
  --retry-scale <x>         multiply every delay between attempts, for example 0.01 for fast retries (1)
  --late-ms <n>             delay of a late payment in milliseconds (${LATE_PAYMENT_DELAY_MS})
  --help                    this text

The page at http://127.0.0.1:<port>/ shows sessions, payments, refunds and events.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "webhook-url": { type: "string" },
      port: { type: "string", default: "12111" },
      host: { type: "string" },
      "data-dir": { type: "string" },
      "secret-key": {
        type: "string",
        default: process.env.STRIPE_SECRET_KEY || randomSecret("sk_test_local_"),
      },
      "webhook-secret": {
        type: "string",
        default: process.env.STRIPE_WEBHOOK_SECRET || randomSecret("whsec_"),
      },
      "retry-scale": { type: "string", default: "1" },
      "late-ms": { type: "string", default: String(LATE_PAYMENT_DELAY_MS) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const webhookUrl = values["webhook-url"] ?? null;
  if (webhookUrl !== null && !/^https?:\/\//.test(webhookUrl)) {
    throw new Error(`--webhook-url: "${webhookUrl}" is not an http URL`);
  }
  const stripe = await startStripe({
    port: parseNumber("port", values.port),
    host: values.host,
    dataDir: values["data-dir"] ?? null,
    webhookUrl,
    secretKey: values["secret-key"],
    webhookSecret: values["webhook-secret"],
    retryScale: parseNumber("retry-scale", values["retry-scale"]),
    lateMs: parseNumber("late-ms", values["late-ms"]),
  });
  process.stdout.write(
    `Stripe emulator listening; open STRIPE_API_URL for its page\n\n` +
      `STRIPE_API_URL=${stripe.url}\nSTRIPE_SECRET_KEY=${stripe.secretKey}\n` +
      `STRIPE_WEBHOOK_SECRET=${stripe.webhookSecret}\n`,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stripe.close().then(() => process.exit(0)));
  }
}

const randomSecret = (prefix: string): string => prefix + randomBytes(24).toString("hex");

function parseNumber(name: string, text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value) || value < 0) {
    throw new Error(`--${name}: "${text}" is not a number`);
  }
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
