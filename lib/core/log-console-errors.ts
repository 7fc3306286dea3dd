import { inspect } from "node:util";
import { log } from "./log";

/**
 * Next prints to the console why a page failed, with all fields of the error. In production this turns the output into
 * a log line, which is censored for secrets and personal data.
 */
export function logConsoleErrors(): void {
  console.error = (...args: unknown[]) => {
    const error = args.find((arg) => arg instanceof Error);
    const messageParts = args
      .filter((arg) => arg !== error)
      .map((arg) => (typeof arg === "string" ? arg : inspect(arg)));
    log().error(
      { ...(error ? { err: error } : {}), source: "console" },
      messageParts.join(" ").trim() || "console error",
    );
  };
}
