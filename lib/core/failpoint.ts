import { env } from "./env";

/**
 * A named place where a test lets the process die as if the power were cut: `FAILPOINT=<name>` kills it
 * there, with no clean-up. Does nothing otherwise. From dbos-transact's debug points.
 */
export function failpoint(name: string): void {
  if (env().FAILPOINT === name) process.kill(process.pid, "SIGKILL");
}
