import { rm } from "node:fs/promises";
import path from "node:path";
import nextEnv from "@next/env";
import { ZodError } from "zod";
import { PortTakenError } from "./http/server";
import { DatabaseUnreachableError } from "./postgres/migrate";
import { FolderInUseError, lockFolder } from "./process/folder-lock";
import { EngineDownError } from "./redis/engine-connection";
import { runApp } from "./stack/app";
import { displayPath, readSettings } from "./stack/settings";

const HELP = `npm run dev      the whole stack for development: Postgres, Redis, QStash, Stripe, Telegram, mail, files and the app
npm run start    the same with the production build (run \`npm run build\` first)
npm run stack    the backends without the app
npm run reset    empties the data folder: DATA_DIR, or .data/`;

/** The stack's own files. Only these are removed: DATA_DIR may name a folder with other files in it. */
const STACK_FILES = [
  "postgres",
  "redis",
  "qstash",
  "stripe",
  "mail",
  "blob",
  "chain",
  "telegram",
  "secrets.json",
  "stack.env",
];

async function main(command: string | undefined): Promise<void> {
  switch (command) {
    case "dev":
    case "start":
    case "stack":
      loadEnvFiles(command === "dev");
      return runApp({ mode: command, settings: readSettings(process.env) });
    case "reset": {
      // DATA_DIR may be set in .env.local, which `dev` reads too.
      loadEnvFiles(true);
      const { dataDir } = readSettings(process.env);
      // Locked first, so that this fails while a stack runs on the folder.
      const unlock = await lockFolder(dataDir);
      await unlock();
      for (const name of STACK_FILES) await rm(path.join(dataDir, name), { recursive: true, force: true });
      console.log(`Removed the local stack's files from ${displayPath(dataDir)}`);
      return;
    }
    default:
      console.log(HELP);
      process.exitCode = command === undefined || command === "help" ? 0 : 2;
  }
}

function loadEnvFiles(dev: boolean): void {
  nextEnv.loadEnvConfig(process.cwd(), dev, { info: () => {}, error: console.error });
}

/** Errors that the developer can fix from the message alone: printed without a stack. */
const EXPECTED_ERRORS = [PortTakenError, FolderInUseError, DatabaseUnreachableError, EngineDownError];

main(process.argv[2]).catch((error: unknown) => {
  if (EXPECTED_ERRORS.some((kind) => error instanceof kind)) console.error((error as Error).message);
  else if (error instanceof ZodError) {
    console.error(error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  } else console.error(error);
  process.exit(1);
});
