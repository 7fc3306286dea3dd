import { debitBonuses } from "@/lib/bonuses";
import { toAppError } from "@/lib/core/http";

/**
 * One of several instances at which a person spends. Arguments: person, name of this process, how many spends, of
 * how much each. Every spend has a key and is sent twice at the same time; who is told to wait comes again.
 * Says how many were made.
 */
const [userId = "", name = "", spends = "0", amount = "1"] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));

/** Requests under way at once; more would only wait for a connection of the pool. */
const WORKERS = 4;

/** Whether it was made, in the end. */
async function spendUntilDecided(key: string): Promise<boolean> {
  for (;;) {
    try {
      await debitBonuses(userId, Number(amount), { key });
      return true;
    } catch (error) {
      const { code, messageKey } = toAppError(error);
      if (messageKey === "not_enough_bonuses") return false;
      // Another spend is under way, or a busy machine has no connection in time.
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
    const answers = await Promise.all([spendUntilDecided(key), spendUntilDecided(key)]);
    if (answers[0] !== answers[1]) throw new Error("one spend, two answers");
    if (answers[0]) made += 1;
  }
}

process.send?.("ready");
await Promise.all(Array.from({ length: WORKERS }, work));
process.send?.({ made }, () => process.exit(0));
