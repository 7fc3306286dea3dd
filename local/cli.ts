import { rm } from "node:fs/promises";
import nextEnv from "@next/env";
import { ZodError } from "zod";
import { PortTakenError } from "./http/server";
import { FolderInUseError, lockFolder } from "./process/folder-lock";
import { runApp } from "./stack/app";
import { readSettings } from "./stack/settings";

const HELP = `npm run dev      the whole of it for development: Postgres, Redis, QStash and the app
npm run start    the same with the production build (run \`npm run build\` first)
npm run stack    the backends alone
npm run reset    empties .data/`;

async function main(command: string | undefined): Promise<void> {
  switch (command) {
    case "dev":
    case "start":
    case "stack":
      nextEnv.loadEnvConfig(process.cwd(), command === "dev", { info: () => {}, error: console.error });
      return runApp({ mode: command, settings: readSettings(process.env) });
    case "reset": {
      const { dataDir } = readSettings(process.env);
      // Taken first: files of a running stack must not vanish under it.
      const unlock = await lockFolder(dataDir);
      await unlock();
      await rm(dataDir, { recursive: true, force: true });
      console.log(`${dataDir} is empty`);
      return;
    }
    default:
      console.log(HELP);
      process.exitCode = command === undefined || command === "help" ? 0 : 2;
  }
}

main(process.argv[2]).catch((error: unknown) => {
  if (error instanceof PortTakenError || error instanceof FolderInUseError) console.error(error.message);
  else if (error instanceof ZodError) {
    console.error(error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  } else console.error(error);
  process.exit(1);
});
