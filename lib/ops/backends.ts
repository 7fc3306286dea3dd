import { z } from "zod";
import { now } from "../core/clock";
import { env } from "../core/env";
import { isMintingConfigured } from "../core/minting-settings";
import { hasBlobStore } from "../storage";
import { type Check, checkSchema, runCheck } from "./checks";
import { FAULTS } from "./fault";
import { checkDatabaseWrites, checkQstashWrites, checkRedisWrites, writeProbeFile } from "./write-checks";

/**
 * `slow`: it answers, but the app or its people wait. `off`: not set up here, nothing uses it yet, or (`reason` is
 * `database`) only Postgres knows; that is no fault.
 */
const backendSchema = checkSchema.extend({
  status: z.enum(["ok", "slow", "down", "off"]),
  reason: z.enum([...FAULTS, "database"]).optional(),
});

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

/** Longer than a slow backend takes, so that it is not taken for one that hangs. */
const TIMEOUT_MS = 4_000;
/** The longest answer of a backend that is well. */
const SLOW_MS = 1_000;

/**
 * Asks every backend whether it works, all at once, for five seconds at most; calls within five seconds share the
 * answers. Where only a write shows it, the check writes (write-checks.ts). Never throws.
 *
 * @param timeoutMs  more for a command, which has just started and may run far away
 */
export function checkBackends(timeoutMs = TIMEOUT_MS): Promise<Backends> {
  if (!last || now() - last.at > REUSE_MS) last = { at: now(), report: checkAll(timeoutMs) };
  return last.report;
}

async function checkAll(timeoutMs: number): Promise<Backends> {
  const { SMTP_URL, STRIPE_SECRET_KEY } = env();
  // Loaded here, before the checks' time begins: a function that answers /api/health needs none of them.
  const [{ hasBots, pingTelegram }, { verifyMailServer }, { hasMints, pingChain }, { pingPaymentProvider }] =
    await Promise.all([import("../bot"), import("../mail"), import("../nft"), import("../shop")]);
  const [database, redis, qstash, files, mail, payments, chain, bot] = await Promise.all([
    checkDatabaseWrites(timeoutMs).then(withSpeed),
    checkRedisWrites(timeoutMs).then(withSpeed),
    checkQstashWrites(timeoutMs).then(withSpeed),
    checkIfUsed(timeoutMs, hasBlobStore, writeProbeFile),
    checkIfUsed(timeoutMs, () => SMTP_URL !== undefined, verifyMailServer),
    checkIfUsed(timeoutMs, () => STRIPE_SECRET_KEY !== undefined, pingPaymentProvider),
    checkIfUsed(timeoutMs, async () => isMintingConfigured() && (await hasMints()), pingChain),
    checkIfUsed(timeoutMs, hasBots, pingTelegram),
  ]);
  return { database, redis, qstash, files, mail, payments, chain, bot };
}

function withSpeed({ isTooSlow, ...check }: Check & { isTooSlow?: boolean }): BackendCheck {
  const isSlow = check.status === "ok" && (isTooSlow || check.latencyMs > SLOW_MS);
  return isSlow ? { ...check, status: "slow" } : check;
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
  if (!isOff) return withSpeed(result);
  return {
    status: "off",
    latencyMs: 0,
    ...(result.status === "down" ? { reason: "database" } : {}),
  };
}
