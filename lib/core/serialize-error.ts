/** What a log line says of an error. */
export interface SerializedError {
  type: string;
  message: string;
  stack?: string;
  cause?: SerializedError;
  errors?: SerializedError[];
  [field: string]: unknown;
}

/**
 * Fields of other people's errors that say what happened. All others stay out: Stripe's carry headers, Prisma's and
 * pg's the values of a row, fetch's the request.
 */
const LOGGED_ERROR_FIELDS = [
  ...["code", "errno", "syscall", "status", "statusCode", "responseCode", "smtpCode", "command"],
  ...["constraint", "table", "column", "digest", "requestId", "modelName", "clientVersion"],
];

const MAX_MESSAGE_LENGTH = 1_000;
const MAX_STACK_FRAMES = 20;
const MAX_CAUSE_DEPTH = 4;
const MAX_AGGREGATE_ERRORS = 5;

/** An error as a log line has it: its kind, its words, where it was thrown, and why. */
export function serializeError(error: unknown, depth = 0): SerializedError | unknown {
  if (!(error instanceof Error)) return typeof error === "object" && error !== null ? "an object" : error;
  const fields = error as unknown as Record<string, unknown>;
  const serialized: SerializedError = {
    type: error.name,
    message: safeMessage(error).slice(0, MAX_MESSAGE_LENGTH),
  };
  const stack = stackFrames(error);
  if (stack) serialized.stack = stack;
  for (const name of LOGGED_ERROR_FIELDS) {
    const value = fields[name];
    if (typeof value === "string" || typeof value === "number") serialized[name] = value;
  }
  if (depth >= MAX_CAUSE_DEPTH) return serialized;
  if (error.cause instanceof Error)
    serialized.cause = serializeError(error.cause, depth + 1) as SerializedError;
  if (error instanceof AggregateError) {
    serialized.errors = error.errors
      .slice(0, MAX_AGGREGATE_ERRORS)
      .map((inner) => serializeError(inner, depth + 1) as SerializedError);
  }
  return serialized;
}

/** Some quote what they were given: JSON.parse the text, Prisma the whole call with its values. */
function safeMessage({ name, message }: Error): string {
  if (name === "SyntaxError") return message.replace(/, ?\.{0,3}".*/s, "");
  if (name.startsWith("PrismaClient")) return message.trim().split("\n").at(-1) ?? "";
  return message;
}

/** Without the message, which a stack begins with. */
function stackFrames({ stack }: Error): string | undefined {
  return stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_STACK_FRAMES)
    .join("\n");
}
