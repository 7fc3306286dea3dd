import { parseArgs } from "node:util";
import { startMailCatcher } from "./index";

const HELP = `A mail catcher: accepts every mail over SMTP, delivers none, shows them on a page.

  tsx local/smtp/main.ts [options]

  --smtp-port <n>      port for SMTP (1025)
  --page-port <n>      port of the mailbox page and its API (8025)
  --data-dir <folder>  keep mails across restarts; without it everything is in memory
  --limit <n>          maximum number of mails to keep (1000)
  --help               this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "smtp-port": { type: "string", default: "1025" },
      "page-port": { type: "string", default: "8025" },
      "data-dir": { type: "string" },
      limit: { type: "string", default: "1000" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const catcher = await startMailCatcher({
    smtpPort: parseNumber("smtp-port", values["smtp-port"]),
    pagePort: parseNumber("page-port", values["page-port"]),
    dataDir: values["data-dir"] ?? null,
    limit: parseNumber("limit", values.limit),
  });
  process.stdout.write(
    `Mail catcher listening\n\nSMTP_URL=${catcher.smtpUrl}\nMailbox: ${catcher.pageUrl}\n`,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void catcher.close().then(() => process.exit(0)));
  }
}

function parseNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name}: "${text}" is not a number`);
  return Number(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
