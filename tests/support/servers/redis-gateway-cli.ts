import { afterEach } from "vitest";
import { type GuardedProcess, spawnGuarded } from "@/local/process/spawn-guarded";
import { until } from "./redis-gateway";

const running: GuardedProcess[] = [];
afterEach(async () => {
  for (const guarded of running.splice(0)) await guarded.stop();
});

export interface Cli {
  readonly guarded: GuardedProcess;
  /** The lines printed so far. */
  readonly lines: string[];
}

/** Starts `local/redis/main.ts` as a process that is stopped after the test. */
export async function startCli(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Cli> {
  const lines: string[] = [];
  const guarded = await spawnGuarded({
    command: process.execPath,
    args: ["--import", "tsx", "local/redis/main.ts", ...args],
    env,
    onLine: (line) => lines.push(line),
  });
  running.push(guarded);
  return { guarded, lines };
}

/** Starts it on a free port and resolves once it serves. */
export async function startServingCli(
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<Cli & { redisUrl: string; gatewayUrl: string }> {
  const cli = await startCli(["--port", "0", ...args], env);
  const printed = (pattern: RegExp) => pattern.exec(cli.lines.join("\n"))?.[1] ?? "";
  await until(() => printed(/^Redis REST +(\S+)/m) !== "");
  return { ...cli, redisUrl: printed(/^Redis +(redis:\S+)/m), gatewayUrl: printed(/^Redis REST +(\S+)/m) };
}
