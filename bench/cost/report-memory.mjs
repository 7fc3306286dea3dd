import { renameSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Preloaded into the measured app: on SIGUSR2 it collects garbage and writes what is left, in bytes, to the file
 * MEMORY_REPORT_FILE. The resident set size would count garbage, which grows with whatever memory the machine has.
 */
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");
const file = process.env.MEMORY_REPORT_FILE;

process.on("SIGUSR2", () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(`${file}.part`, String(heapUsed + external));
  renameSync(`${file}.part`, file);
});
