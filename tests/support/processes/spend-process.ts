import { debitBonuses } from "@/lib/bonuses";
import { toAppError } from "@/lib/core/http";

/**
 * One of several instances at which a user spends bonuses. Arguments: user, name of this process, number of spends,
 * amount of each. Every spend has a key and is sent twice concurrently; a conflict is retried. Reports how many were
 * made.
 */
const [userId = "", name = "", spends = "0", amount = "1"] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));

/** Concurrent requests; more would only wait for a connection of the pool. */
const WORKERS = 4;

/** Retries a spend until it succeeds or the balance is too low. @returns whether it was made */
async function spendUntilDecided(key: string): Promise<boolean> {
  for (;;) {
    try {
      await debitBonuses(userId, Number(amount), { key });
      return true;
    } catch (error) {
      const { code, messageKey } = toAppError(error);
      if (messageKey === "not_enough_bonuses") return false;
      // Another spend is in progress, or no connection was free in time.
      if (code !== "conflict" && code !== "unavailable") throw error;
    }
  }
}

let next = 0;
let made = 0;
async function work(): Promise<void> {
  while (next < Number(spends)) {
    const key = `${name}-${next}`;
    next += 1;
    const results = await Promise.all([spendUntilDecided(key), spendUntilDecided(key)]);
    if (results[0] !== results[1]) throw new Error("two requests of one spend got different results");
    if (results[0]) made += 1;
  }
}

process.send?.("ready");
await Promise.all(Array.from({ length: WORKERS }, work));
process.send?.({ made }, () => process.exit(0));
