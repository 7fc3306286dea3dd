import { readFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";
import { envProblems } from "./env-problems";
import { environmentSchema, loadSecrets } from "./secrets-config";

/**
 * `npm run check:env -- production` lists everything wrong with this process's environment, or with that of a file
 * (`--file path`), for development, staging or production. The exit code is 1 when there is an error; warnings alone
 * are 0. Values are never printed.
 */
const USAGE = "usage: npm run check:env -- development|staging|production [--file path]";

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { file: { type: "string" } },
  });
  const environment = environmentSchema.safeParse(positionals[0]);
  if (!environment.success || positionals.length !== 1) {
    console.error(USAGE);
    return 1;
  }
  const source = values.file === undefined ? process.env : parseEnv(readFileSync(values.file, "utf8"));
  const { errors, warnings } = envProblems(source, environment.data, {
    secrets: loadSecrets(),
    example: parseEnv(readFileSync(new URL("../.env.example", import.meta.url), "utf8")),
  });
  for (const error of errors) console.error(`error    ${error}`);
  for (const warning of warnings) console.warn(`warning  ${warning}`);
  const name = values.file ?? "This environment";
  if (errors.length > 0)
    console.error(`${name} is not ready for ${environment.data}: ${errors.length} errors.`);
  else console.log(`${name} is ready for ${environment.data}.`);
  return errors.length > 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : USAGE);
  process.exitCode = 1;
}
