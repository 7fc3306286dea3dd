import { inspect } from "node:util";
import { log } from "./log";

/**
 * Next says on the console why a page failed, with all that the error carries. In production that becomes a line of
 * the log like any other, which keeps secrets and people's data out.
 */
export function logConsoleErrors(): void {
  console.error = (...args: unknown[]) => {
    const error = args.find((arg) => arg instanceof Error);
    const messageParts = args
      .filter((each) => each !== error)
      .map((each) => (typeof each === "string" ? each : inspect(each)));
    log().error(
      { ...(error ? { err: error } : {}), source: "console" },
      messageParts.join(" ").trim() || "an error",
    );
  };
}
