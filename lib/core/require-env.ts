import { EnvError, env } from "./env";

/**
 * Stops a starting server whose environment is invalid, with one message that lists every problem. Next itself would
 * print the error twice, keep running, and respond to every request with a 500.
 */
export function requireEnv(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
