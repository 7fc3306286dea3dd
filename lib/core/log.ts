import { type Logger, pino } from "pino";
import { env } from "./env";

let root: Logger | undefined;

/**
 * The process's logger: one JSON line an event. Made on first use, since the level comes from the
 * environment. What could be a secret or a person's data is censored wherever it sits one or two levels deep.
 */
export function log(): Logger {
  root ??= pino({
    level: env().LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ["password", "token", "accessToken", "authorization", "cookie", "email"].flatMap((name) => [
        name,
        `*.${name}`,
        `*.*.${name}`,
      ]),
      censor: "[redacted]",
    },
  });
  return root;
}
