import { parseArgs } from "node:util";
import { startBlob } from "./index";

const HELP = `An emulator of Vercel Blob: its HTTP API on this machine, with the blobs in a folder.

  tsx local/blob/main.ts [options]

  --port <n>           port to listen on (8070)
  --data-dir <folder>  keep blobs across restarts; without it they are deleted at the end
  --token <token>      bearer token of clients, vercel_blob_rw_<store>_<secret>; default: generated
  --limit-mb <n>       maximum size of a blob (5120)
  --help               this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8070" },
      "data-dir": { type: "string" },
      token: { type: "string" },
      "limit-mb": { type: "string", default: "5120" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.token !== undefined && !/^vercel_blob_rw_[^_]+_.+/.test(values.token)) {
    throw new Error(
      "--token: must look like vercel_blob_rw_<store>_<secret>: the SDK reads the store from it",
    );
  }
  const blob = await startBlob({
    port: parseNumber("port", values.port),
    dataDir: values["data-dir"] ?? null,
    limitBytes: parseNumber("limit-mb", values["limit-mb"]) * 1024 * 1024,
    ...(values.token === undefined ? {} : { token: values.token }),
  });
  process.stdout.write(
    `Vercel Blob emulator listening\n\nVERCEL_BLOB_API_URL=${blob.url}\nBLOB_READ_WRITE_TOKEN=${blob.token}\n`,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void blob.close().then(() => process.exit(0)));
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
