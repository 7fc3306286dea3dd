/** What a log line says of an error. */
export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  cause?: LoggedError;
  errors?: LoggedError[];
  [field: string]: unknown;
}

/**
 * Fields of other people's errors that say what happened. All others stay out: Stripe's carry headers, Prisma's and
 * pg's the values of a row, fetch's the request.
 */
const TELLING = [
  ...["code", "errno", "syscall", "status", "statusCode", "responseCode", "smtpCode", "command"],
  ...["constraint", "table", "column", "digest", "requestId", "modelName", "clientVersion"],
];

const LONGEST_MESSAGE = 1_000;
const MOST_FRAMES = 20;
const DEEPEST_CAUSE = 4;
const MOST_ERRORS = 5;

/** An error as a log line has it: its kind, its words, where it was thrown, and why. */
export function loggedError(error: unknown, depth = 0): LoggedError | unknown {
  if (!(error instanceof Error)) return typeof error === "object" && error !== null ? "an object" : error;
  const fields = error as unknown as Record<string, unknown>;
  const logged: LoggedError = { type: error.name, message: wordsOf(error).slice(0, LONGEST_MESSAGE) };
  const stack = framesOf(error);
  if (stack) logged.stack = stack;
  for (const name of TELLING) {
    const value = fields[name];
    if (typeof value === "string" || typeof value === "number") logged[name] = value;
  }
  if (depth >= DEEPEST_CAUSE) return logged;
  if (error.cause instanceof Error) logged.cause = loggedError(error.cause, depth + 1) as LoggedError;
  if (error instanceof AggregateError) {
    logged.errors = error.errors
      .slice(0, MOST_ERRORS)
      .map((each) => loggedError(each, depth + 1) as LoggedError);
  }
  return logged;
}

/** Some quote what they were given: JSON.parse the text, Prisma the whole call with its values. */
function wordsOf({ name, message }: Error): string {
  if (name === "SyntaxError") return message.replace(/, ?\.{0,3}".*/s, "");
  if (name.startsWith("PrismaClient")) return message.trim().split("\n").at(-1) ?? "";
  return message;
}

/** Without the message, which a stack begins with. */
function framesOf({ stack }: Error): string | undefined {
  return stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MOST_FRAMES)
    .join("\n");
}
