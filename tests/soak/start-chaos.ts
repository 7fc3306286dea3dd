import { setTimeout as delay } from "node:timers/promises";
import { injectFault } from "@/lib/core/failpoint";

/** Of everything that passes a failpoint so much goes wrong there. */
const THROWN = 0.02;
const HELD_UP = 0.03;
const LONGEST_HOLD_MS = 250;

class ChaosError extends Error {}

/**
 * Lets failpoints of this process throw and hold up now and then, and the process die there as if the power were cut.
 * @returns what ends it
 */
export function startChaos(random: () => number, { killed = 0 } = {}): () => void {
  return injectFault(async (name) => {
    const luck = random();
    if (luck < killed) process.kill(process.pid, "SIGKILL");
    else if (luck < killed + THROWN) throw new ChaosError(name);
    else if (luck < killed + THROWN + HELD_UP) await delay(random() * LONGEST_HOLD_MS);
  });
}
