import { setTimeout as delay } from "node:timers/promises";
import { injectFault } from "@/lib/core/failpoint";

/** Of everything that passes a failpoint so much goes wrong there. */
const THROW_PROBABILITY = 0.02;
const DELAY_PROBABILITY = 0.03;
const MAX_DELAY_MS = 250;

class ChaosError extends Error {}

/**
 * Lets failpoints of this process throw and hold up now and then, and the process die there as if the power were cut.
 * @returns what ends it
 */
export function startChaos(random: () => number, { killed = 0 } = {}): () => void {
  return injectFault(async (name) => {
    const roll = random();
    if (roll < killed) process.kill(process.pid, "SIGKILL");
    else if (roll < killed + THROW_PROBABILITY) throw new ChaosError(name);
    else if (roll < killed + THROW_PROBABILITY + DELAY_PROBABILITY) await delay(random() * MAX_DELAY_MS);
  });
}
