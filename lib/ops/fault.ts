import { z } from "zod";

/** Why a backend failed a check, by its error. */
export const FAULTS = [
  /** It did not answer within the check's time. */
  "timeout",
  /** There is no connection to it. */
  "unreachable",
  /** It refused our key or password. */
  "refused",
  /** It takes no writes: there is no space left. */
  "full",
  /** It takes no writes: it is a replica, or its provider has made it read-only. */
  "read_only",
  /** A limit of the plan, or of calls at a time, is reached. */
  "limited",
  /** It answered with another error. */
  "failed",
] as const;

export const faultSchema = z.enum(FAULTS);
export type Fault = z.infer<typeof faultSchema>;

/** What errors of Postgres, of the SDKs and of Node are called, by code or name. */
const BY_CODE: Readonly<Record<string, Fault>> = {
  "53100": "full",
  "53200": "full",
  "53300": "limited",
  "25006": "read_only",
  "28000": "refused",
  "28P01": "refused",
  P1000: "refused",
  P1001: "unreachable",
  P1002: "timeout",
  P1008: "timeout",
  EAUTH: "refused",
  EDNS: "unreachable",
  ECONNREFUSED: "unreachable",
  ECONNRESET: "unreachable",
  EPIPE: "unreachable",
  ENOTFOUND: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EAI_AGAIN: "unreachable",
  UND_ERR_SOCKET: "unreachable",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  TimeoutError: "timeout",
  AbortError: "timeout",
  StripeAuthenticationError: "refused",
  StripePermissionError: "refused",
  StripeRateLimitError: "limited",
  StripeConnectionError: "unreachable",
  BlobAccessError: "refused",
  BlobStoreNotFoundError: "refused",
  BlobStoreSuspendedError: "full",
  BlobServiceRateLimited: "limited",
};

/** Statuses of HTTP, and of SMTP (RFC 5321). */
const BY_STATUS: Readonly<Record<number, Fault>> = {
  401: "refused",
  402: "limited",
  403: "refused",
  407: "refused",
  421: "limited",
  429: "limited",
  450: "limited",
  451: "limited",
  452: "full",
  507: "full",
  530: "refused",
  534: "refused",
  535: "refused",
  538: "refused",
  552: "full",
};

/** Error replies of Redis, and of Upstash in its place; and errors of Prisma and pg that have no code. */
const BY_MESSAGE: readonly (readonly [RegExp, Fault])[] = [
  [/^OOM |max database size|^MISCONF /, "full"],
  [/^READONLY /, "read_only"],
  [/^(WRONGPASS|NOAUTH|NOPERM) /, "refused"],
  [/max (daily )?requests? limit/, "limited"],
  [/Can't reach database server|Connection terminated|ECONNREFUSED/, "unreachable"],
];

const CODE_FIELDS = ["code", "originalCode", "type", "name"] as const;
const STATUS_FIELDS = ["status", "statusCode", "responseCode", "error_code", "rawStatusCode"] as const;
const MAX_DEPTH = 6;

/** Searches an error and its causes: SDKs wrap the innermost error, which has the cause. Never throws. */
export function findFault(error: unknown): Fault {
  return findIn(error, 0) ?? "failed";
}

function findIn(error: unknown, depth: number): Fault | undefined {
  if (typeof error !== "object" || error === null || depth > MAX_DEPTH) return undefined;
  const fields = error as Readonly<Record<string, unknown>>;
  const message = String(fields.message ?? "");
  // pg's, whose cause is the connection that it has closed then.
  if (/connection timeout|timeout exceeded when trying to connect|Query read timeout/.test(message))
    return "timeout";
  for (const cause of [fields.cause, fields.error, fields.meta, fields.driverAdapterError, fields.errors]) {
    const inner = Array.isArray(cause) ? cause.map((one) => findIn(one, depth + 1)).find(Boolean) : undefined;
    const found = inner ?? findIn(cause, depth + 1);
    if (found) return found;
  }
  for (const field of STATUS_FIELDS) {
    const found = BY_STATUS[Number(fields[field])];
    if (found) return found;
  }
  // The blob store's SDK names its errors only by their classes.
  for (const code of [...CODE_FIELDS.map((field) => fields[field]), error.constructor.name]) {
    const found = BY_CODE[String(code)];
    if (found) return found;
  }
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
}
