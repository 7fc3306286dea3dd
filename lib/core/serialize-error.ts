/** An error as it is logged. */
export interface SerializedError {
  type: string;
  message: string;
  stack?: string;
  cause?: SerializedError;
  errors?: SerializedError[];
  [field: string]: unknown;
}

/**
 * Fields of libraries' errors that are logged. All others are left out: Stripe's errors contain headers, Prisma's and
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

/** Converts an error for the log: type, message, stack, cause and the fields above. */
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

/** Removes input that some messages quote: JSON.parse quotes the text, Prisma the call with its values. */
function safeMessage({ name, message }: Error): string {
  if (name === "SyntaxError") return message.replace(/, ?\.{0,3}".*/s, "");
  if (name.startsWith("PrismaClient")) return message.trim().split("\n").at(-1) ?? "";
  return message;
}

/** The stack without its first lines, which repeat the message. */
function stackFrames({ stack }: Error): string | undefined {
  return stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_STACK_FRAMES)
    .join("\n");
}
