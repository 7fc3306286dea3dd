import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { compareVersions, missingFeatures, type ServerFamily, type ServerVersion } from "./engine-features";

/** A server on the PATH that the gateway can use as its engine. */
export interface ServerProgram {
  /** Absolute path. */
  readonly command: string;
  readonly family: ServerFamily;
  readonly version: ServerVersion;
  /** Features of Upstash that this server lacks. */
  readonly missing: readonly string[];
}

/** The name does not tell the family: distributions also install Valkey as `redis-server`. */
export const SERVER_NAMES = ["redis-server", "valkey-server"];
/** Older servers lack EVAL_RO, functions and more that the gateway relies on. */
const MIN_MAJOR = 7;
/** Printing a version takes milliseconds; a program that takes longer is skipped. */
const VERSION_TIMEOUT_MS = 5_000;

/**
 * Finds every `redis-server` and `valkey-server` on a PATH that is new enough, the most capable first: fewest
 * {@link missingFeatures}, then newest, then first found.
 *
 * @param searchPath  in the format of the environment variable PATH
 */
export async function findServers(
  searchPath: string,
  onProgress: (message: string) => void,
): Promise<ServerProgram[]> {
  const programs: ServerProgram[] = [];
  for (const command of await findCommands(searchPath)) {
    const program = await inspectCommand(command);
    if (program === null) continue;
    if (program.version[0] >= MIN_MAJOR) programs.push(program);
    else onProgress(`${command} is too old (${program.version.join(".")}; ${MIN_MAJOR} or later is needed)`);
  }
  return programs.sort(byCapability);
}

/** `redis-server 7.0.15`, by the family and not by the file's name. */
export function describeServer({ family, version }: ServerProgram): string {
  return `${family}-server ${version.join(".")}`;
}

/** Lists each file once, even when several names or links lead to it. */
async function findCommands(searchPath: string): Promise<string[]> {
  const found = new Map<string, string>();
  for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
    for (const name of SERVER_NAMES) {
      const command = path.resolve(folder, name);
      const file = await realpath(command).catch(() => null);
      if (file !== null && !found.has(file)) found.set(file, command);
    }
  }
  return [...found.values()];
}

/** @returns null for a file that cannot be run, or is neither Redis nor Valkey */
async function inspectCommand(command: string): Promise<ServerProgram | null> {
  const run = promisify(execFile)(command, ["--version"], { timeout: VERSION_TIMEOUT_MS });
  const output = await run.then(
    ({ stdout }) => stdout,
    () => "",
  );
  const match = /^(Redis|Valkey) server v=(\d+)\.(\d+)\.(\d+)/.exec(output);
  if (match === null) return null;
  const family: ServerFamily = match[1] === "Valkey" ? "valkey" : "redis";
  const version: ServerVersion = [Number(match[2]), Number(match[3]), Number(match[4])];
  return { command, family, version, missing: missingFeatures(family, version) };
}

function byCapability(a: ServerProgram, b: ServerProgram): number {
  return a.missing.length - b.missing.length || compareVersions(b.version, a.version);
}
