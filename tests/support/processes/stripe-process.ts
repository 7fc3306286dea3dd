import { startStripe } from "@/local/stripe";

/** Runs a Stripe emulator in a process that tests kill. Prints its port once it listens. */
const [dataDir = "", webhookUrl = "", secretKey = "", webhookSecret = ""] = process.argv.slice(2);
const stripe = await startStripe({
  dataDir,
  webhookUrl,
  secretKey,
  webhookSecret,
  retryScale: 0.00001,
  limits: { compactAfterBytes: 50_000 },
});
process.stdout.write(`${stripe.port}\n`);
