import { type Logger, pino } from "pino";
import { censorText } from "./censor-text";
import { env } from "./env";
import { serializeError } from "./serialize-error";

let rootLogger: Logger | undefined;

/** Whose value is a secret or a person's own, one or two levels deep. */
const REDACTED_FIELDS = [
  ...["password", "currentPassword", "newPassword", "passwordHash", "email", "address"],
  ...["token", "accessToken", "refreshToken", "secret", "signature", "authorization", "cookie"],
];

/**
 * The process's logger: one JSON line an event. Made on first use, since the level comes from the environment.
 *
 * What could be a secret or a person's data is kept out three times: by name, by naming the fields of an error that
 * may be told (lib/core/serialize-error.ts), and by what the finished line looks like (lib/core/censor-text.ts).
 */
export function log(): Logger {
  rootLogger ??= pino({
    level: env().LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: REDACTED_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: "[redacted]",
    },
    serializers: { err: serializeError },
    hooks: { streamWrite: censorText },
  });
  return rootLogger;
}
