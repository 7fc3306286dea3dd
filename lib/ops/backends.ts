import { z } from "zod";
import { now } from "../core/clock";
import { env } from "../core/env";
import { isMintingConfigured } from "../core/minting-settings";
import { hasBlobStore, headBlob } from "../storage";
import { CHECK_TIMEOUT_MS, checkDatabase, checkQstash, checkRedis, checkSchema, runCheck } from "./checks";

/** `off`: not set up here, nothing uses it yet, or (`reason` is `database`) only Postgres knows. That is no fault. */
const backendSchema = checkSchema.extend({ status: z.enum(["ok", "down", "off"]) });

export const backendsSchema = z.object({
  database: backendSchema,
  redis: backendSchema,
  qstash: backendSchema,
  files: backendSchema,
  mail: backendSchema,
  payments: backendSchema,
  chain: backendSchema,
  bot: backendSchema,
});

export type BackendName = keyof z.infer<typeof backendsSchema>;
export type Backends = z.infer<typeof backendsSchema>;
export type BackendCheck = z.infer<typeof backendSchema>;

/** Console pages are reloaded in bursts; a backend that is down is noticed after so long at most. */
const REUSE_MS = 5_000;
let last: { at: number; report: Promise<Backends> } | undefined;

/**
 * Asks every backend whether it answers, all at once, for two seconds at most; calls within five seconds share the
 * answers. Each call is one that changes nothing and is not billed. Never throws.
 *
 * @param timeoutMs  more for a command, which has just started and may run far away
 */
export function checkBackends(timeoutMs = CHECK_TIMEOUT_MS): Promise<Backends> {
  if (!last || now() - last.at > REUSE_MS) last = { at: now(), report: checkAll(timeoutMs) };
  return last.report;
}

async function checkAll(timeoutMs: number): Promise<Backends> {
  const { SMTP_URL, STRIPE_SECRET_KEY } = env();
  // Loaded here, before the checks' time begins: a function that answers /api/health needs none of them.
  const [{ hasBots, pingTelegram }, { verifyMailServer }, { hasMints, pingChain }, { pingPaymentProvider }] =
    await Promise.all([import("../bot"), import("../mail"), import("../nft"), import("../shop")]);
  const [database, redis, qstash, files, mail, payments, chain, bot] = await Promise.all([
    checkDatabase(timeoutMs),
    checkRedis(timeoutMs),
    checkQstash(timeoutMs),
    // A blob that is not there: the store has to look it up.
    checkIfUsed(timeoutMs, hasBlobStore, () => headBlob("health")),
    checkIfUsed(timeoutMs, () => SMTP_URL !== undefined, verifyMailServer),
    checkIfUsed(timeoutMs, () => STRIPE_SECRET_KEY !== undefined, pingPaymentProvider),
    checkIfUsed(timeoutMs, async () => isMintingConfigured() && (await hasMints()), pingChain),
    checkIfUsed(timeoutMs, hasBots, pingTelegram),
  ]);
  return { database, redis, qstash, files, mail, payments, chain, bot };
}

/** @param isUsed  asks Postgres for some backends; without an answer it is unknown, and not the backend's fault */
async function checkIfUsed(
  timeoutMs: number,
  isUsed: () => boolean | Promise<boolean>,
  ping: () => Promise<unknown>,
): Promise<BackendCheck> {
  let isOff = true;
  const result = await runCheck(timeoutMs, async () => {
    isOff = !(await isUsed());
    if (!isOff) await ping();
  });
  if (!isOff) return result;
  return {
    status: "off",
    latencyMs: 0,
    ...(result.status === "down" ? { reason: "database" } : {}),
  };
}
