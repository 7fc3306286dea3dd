import { type Logger, pino } from "pino";
import { censorText } from "./censor-text";
import { env } from "./env";
import { serializeError } from "./serialize-error";
import { currentLogIds } from "./trace";

let rootLogger: Logger | undefined;

/** Fields with secrets or personal data, redacted up to two levels deep. */
const REDACTED_FIELDS = [
  ...["password", "currentPassword", "newPassword", "passwordHash", "email", "address"],
  ...["token", "accessToken", "refreshToken", "secret", "signature", "authorization", "cookie"],
];

/**
 * The process's logger: one JSON line per event. Created on first use, since the level comes from the environment.
 * Every line of a request has its `requestId`, every line of a task its `taskId`, and both the `traceId` of the request
 * that began it.
 *
 * Secrets and personal data are kept out in three ways: by field name, by an allow-list of error fields
 * (lib/core/serialize-error.ts), and by patterns on the finished line (lib/core/censor-text.ts).
 */
export function log(): Logger {
  rootLogger ??= pino({
    level: env().LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: currentLogIds,
    redact: {
      paths: REDACTED_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: "[redacted]",
    },
    serializers: { err: serializeError },
    hooks: { streamWrite: censorText },
  });
  return rootLogger;
}
