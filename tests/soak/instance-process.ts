import { seededRandom } from "@/tests/support/fuzz/random";
import { serveApp } from "@/tests/support/processes/app-server";
import { startChaos } from "./start-chaos";

/**
 * One of several instances of the app. Arguments: seed of its faults, and the probability of dying at a failpoint;
 * without them only the FAILPOINT of its environment applies.
 */
const [seed, killed = "0"] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));
if (seed !== undefined) {
  const stopChaos = startChaos(seededRandom(Number(seed)), { killed: Number(killed) });
  process.on("message", () => stopChaos());
}
const { url } = await serveApp(0);
process.send?.({ port: Number(new URL(url).port) });
