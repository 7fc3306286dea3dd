import { inspect } from "node:util";
import { log } from "./log";

/**
 * Next prints to the console why a page failed, with all fields of the error, and libraries print warnings. In production
 * this turns both into log lines, which are censored for secrets and personal data.
 */
export function logConsole(): void {
  for (const level of ["error", "warn"] as const) {
    console[level] = (...args: unknown[]) => {
      const error = args.find((arg) => arg instanceof Error);
      const messageParts = args
        .filter((arg) => arg !== error)
        .map((arg) => (typeof arg === "string" ? arg : inspect(arg)));
      log()[level](
        { ...(error ? { err: error } : {}), source: "console" },
        messageParts.join(" ").trim() || `console ${level}`,
      );
    };
  }
}
