import { parseArgs } from "node:util";
import { startQstash } from "./index";
import { parseDuration } from "./parse-duration";
import { isPlanName, PLAN_NAMES, type PlanName } from "./plans";

/**
 * The credentials of the official development server, published in QStash's documentation, so that
 * `QSTASH_DEV=true` finds this server instead of downloading that one. Public: for local use only.
 */
const DEV_TOKEN = "eyJVc2VySUQiOiJkZWZhdWx0VXNlciIsIlBhc3N3b3JkIjoiZGVmYXVsdFBhc3N3b3JkIn0=";
const DEV_KEYS = { current: "sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r", next: "sig_5ZB6DVzB1wjE8S6rZ7eenA8Pdnhs" };

const HELP = `An emulator of Upstash QStash: its v2 API on this machine, with real signatures, retries,
schedules, queues, flow control and dead letters, delivering to localhost.

  tsx local/qstash/main.ts [options]

  --port <n>              port to listen on (8080)
  --host <address>        address to listen on (127.0.0.1); any other shows your messages to the network
  --data-dir <folder>     keep data across restarts; without it everything is in memory
  --token <token>         bearer token of callers (the official dev server's, or QSTASH_TOKEN)
  --current-key <key>     signing keys (the official dev server's, or QSTASH_CURRENT_SIGNING_KEY and
  --next-key <key>          QSTASH_NEXT_SIGNING_KEY)
  --retry-scale <x>       multiply every delay between attempts, for example 0.01 for fast retries (1)
  --dedup-window <time>   how long a deduplication id counts, for example 90d (10m)
  --plan <name>           enforce the limits of a plan: free (1,000 messages a day), payg or pro
  --connect-to <host=url> deliver messages for a host to another address; the signed URL stays the same.
                            May be repeated; "*=url" matches every host that is not loopback
  --help                  this text

The page at http://127.0.0.1:<port>/ shows messages, attempts and dead letters.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8080" },
      host: { type: "string" },
      "data-dir": { type: "string" },
      token: { type: "string", default: process.env.QSTASH_TOKEN || DEV_TOKEN },
      "current-key": { type: "string", default: process.env.QSTASH_CURRENT_SIGNING_KEY || DEV_KEYS.current },
      "next-key": { type: "string", default: process.env.QSTASH_NEXT_SIGNING_KEY || DEV_KEYS.next },
      "retry-scale": { type: "string", default: "1" },
      "dedup-window": { type: "string", default: "10m" },
      plan: { type: "string" },
      "connect-to": { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const qstash = await startQstash({
    port: parseNumber("port", values.port),
    host: values.host,
    dataDir: values["data-dir"] ?? null,
    token: values.token,
    signingKeys: { current: values["current-key"], next: values["next-key"] },
    retryScale: parseNumber("retry-scale", values["retry-scale"]),
    plan: values.plan === undefined ? undefined : parsePlan(values.plan),
    limits: { dedupWindowMs: parseDurationOption("dedup-window", values["dedup-window"]) },
    connectTo: Object.fromEntries(values["connect-to"].map(parseConnectTo)),
  });
  process.stdout.write(
    `QStash emulator listening; open QSTASH_URL for its page\n\n` +
      `QSTASH_URL=${qstash.url}\nQSTASH_TOKEN=${values.token}\n` +
      `QSTASH_CURRENT_SIGNING_KEY=${qstash.keys.current}\nQSTASH_NEXT_SIGNING_KEY=${qstash.keys.next}\n`,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void qstash.close().then(() => process.exit(0)));
  }
}

function parseNumber(name: string, text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value) || value < 0)
    throw new Error(`--${name}: "${text}" is not a number`);
  return value;
}

function parseDurationOption(name: string, text: string): number {
  const value = parseDuration(text);
  if (value === null) throw new Error(`--${name}: "${text}" is not a duration such as 10m or 90d`);
  return value;
}

function parsePlan(text: string): PlanName {
  if (!isPlanName(text)) throw new Error(`--plan: "${text}" is not one of ${PLAN_NAMES.join(", ")}`);
  return text;
}

function parseConnectTo(text: string): [string, string] {
  const at = text.indexOf("=");
  const url = text.slice(at + 1);
  if (at < 1 || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(`--connect-to: expected host=url, got "${text}"`);
  }
  return [text.slice(0, at), url];
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
