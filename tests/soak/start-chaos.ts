import { setTimeout as delay } from "node:timers/promises";
import { injectFault } from "@/lib/core/failpoint";

/** Probabilities that passing a failpoint throws or is delayed. */
const THROW_PROBABILITY = 0.02;
const DELAY_PROBABILITY = 0.03;
const MAX_DELAY_MS = 250;

class ChaosError extends Error {}

/**
 * Makes failpoints of this process throw and delay at random, and kill the process with SIGKILL with the probability
 * `killed`.
 * @returns a function that ends it
 */
export function startChaos(random: () => number, { killed = 0 } = {}): () => void {
  return injectFault(async (name) => {
    const roll = random();
    if (roll < killed) process.kill(process.pid, "SIGKILL");
    else if (roll < killed + THROW_PROBABILITY) throw new ChaosError(name);
    else if (roll < killed + THROW_PROBABILITY + DELAY_PROBABILITY) await delay(random() * MAX_DELAY_MS);
  });
}
