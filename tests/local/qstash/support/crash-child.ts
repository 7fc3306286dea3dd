import { startQstash } from "../../../../local/qstash";

/** A QStash in a process of its own, to be killed. Prints its port once it listens. */
const [dataDir = "", token = ""] = process.argv.slice(2);
const qstash = await startQstash({
  dataDir,
  token,
  retryScale: 0.0001,
  limits: { compactAfterBytes: 20_000 },
});
process.stdout.write(`${qstash.port}\n`);
