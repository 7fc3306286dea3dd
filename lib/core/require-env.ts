import { EnvError, env } from "./env";

/**
 * Ends a starting server whose environment is not complete, with one message of all that is wrong. Next
 * itself would print the error twice, go on, and answer every request with a 500.
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
