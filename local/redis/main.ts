import { parseArgs } from "node:util";
import type { CommandEvent } from "./command-runner";
import { startRedisEngine } from "./engine";
import { startRedisGateway } from "./gateway";
import { describeAddress, parseRedisUrl } from "./redis-address";

const HELP = `An emulator of Upstash Redis: its REST API in front of a Redis on this machine.

  tsx local/redis/main.ts [options]

  --port <number>             HTTP port; 0 picks a free one          (default 8079)
  --token <text>              bearer token                           (default "local")
  --read-only-token <text>    a second token that may only read
  --redis-url <url>           use a running Redis: redis://[[user]:password@]host[:port][/db], or rediss://
  --engine auto|embedded      embedded: ignore a redis-server on PATH (default auto)
  --engine-port <number>      port of an engine started here         (default: a free one)
  --data-dir <folder>         data of a redis-server started here    (default .data/redis)
  --strict                    refuse in scripts what Upstash refuses
  --log                       print the name of every command
  --help                      this text

Then, for @upstash/redis:  UPSTASH_REDIS_REST_URL=http://127.0.0.1:8079  UPSTASH_REDIS_REST_TOKEN=local
`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8079" },
    token: { type: "string", default: "local" },
    "read-only-token": { type: "string" },
    "redis-url": { type: "string" },
    engine: { type: "string", default: "auto" },
    "engine-port": { type: "string", default: "0" },
    "data-dir": { type: "string", default: ".data/redis" },
    strict: { type: "boolean", default: false },
    log: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function run(): Promise<void> {
  const port = portNumber("port", values.port);
  const engine = await startRedisEngine({
    dataDir: values["data-dir"],
    redisUrl: values["redis-url"],
    port: portNumber("engine-port", values["engine-port"]),
    engine: engineChoice(values.engine),
    onProgress: printLine,
  });
  const gateway = await startRedisGateway({
    port,
    token: values.token,
    readOnlyToken: values["read-only-token"],
    redisUrl: engine.url,
    strict: values.strict,
    scripts: { ownsEngine: engine.kind === "server" },
    onCommand: values.log ? ({ name }: CommandEvent) => printLine(name) : undefined,
  }).catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });
  printLine(`Redis       ${describeAddress(parseRedisUrl(engine.url))}  (${engine.description})`);
  printLine(`Redis REST  ${gateway.url}  (gateway)`);
  const stop = async (): Promise<void> => {
    await gateway.close();
    await engine.stop();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop().then(() => process.exit(0), reportError);
    });
  }
}

function portNumber(option: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new TypeError(`--${option} ${text} is not a port`);
}

function engineChoice(text: string): "auto" | "embedded" {
  if (text === "auto" || text === "embedded") return text;
  throw new TypeError(`--engine ${text}: expected auto or embedded`);
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function reportError(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

if (values.help) printLine(HELP);
else run().catch(reportError);
