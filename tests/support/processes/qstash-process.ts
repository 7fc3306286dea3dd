import { startQstash } from "@/local/qstash";

/** Runs a QStash emulator in a process that tests kill. Prints its port once it listens. */
const [dataDir = "", token = ""] = process.argv.slice(2);
const qstash = await startQstash({
  dataDir,
  token,
  retryScale: 0.0001,
  limits: { compactAfterBytes: 20_000 },
});
process.stdout.write(`${qstash.port}\n`);
