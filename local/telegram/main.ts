import { parseArgs } from "node:util";
import { startTelegram } from "./index";

const HELP = `A Bot API of Telegram with phones: develop and test any bot without Telegram.

  tsx local/telegram/main.ts [options]

  --port <n>           port of the API and of the phones' page (8081)
  --data-dir <folder>  keep bots, chats and files across restarts; without it everything is in memory
  --token <token>      accept only this token; may be given several times. Default: any of a token's form
  --no-limits          accept any number of messages a second
  --retry-scale <x>    multiply the delays between attempts to deliver an update (1)
  --help               this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8081" },
      "data-dir": { type: "string" },
      token: { type: "string", multiple: true },
      "no-limits": { type: "boolean", default: false },
      "retry-scale": { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const telegram = await startTelegram({
    port: parseNumber("port", values.port),
    dataDir: values["data-dir"] ?? null,
    ...(values.token ? { tokens: values.token } : {}),
    rateLimits: { enabled: !values["no-limits"] },
    retryScale: parseNumber("retry-scale", values["retry-scale"]),
  });
  process.stdout.write(`Telegram listening\n\nTELEGRAM_API_ROOT=${telegram.url}\nPhones: ${telegram.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void telegram.close().then(() => process.exit(0)));
  }
}

function parseNumber(name: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`--${name}: "${text}" is not a number`);
  return Number(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
