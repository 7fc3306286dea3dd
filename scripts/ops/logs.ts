import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { type CommandOutput, requireWord, UsageError } from "./command";

/** A line of the app's log (lib/core/log.ts). */
const logLineSchema = z.looseObject({
  level: z.number(),
  time: z.string(),
  msg: z.string().default(""),
  traceId: z.string().optional(),
  err: z.unknown().optional(),
});

const loggedErrorSchema = z.object({ type: z.string(), message: z.string(), stack: z.string().default("") });

/** A shorter text is in too many lines. */
const MIN_ID_LENGTH = 6;

type LogLine = z.infer<typeof logLineSchema>;

const LEVEL_NAMES: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
};

/**
 * `npm run ops -- logs find <id> --file path`: the story of a request in a file of log lines, in the file's order. The
 * id is what a person was shown (a request's id, an error page's number), a task's, or a trace's. What belongs to the same
 * trace is found with it: the request, and the tasks that it caused, on whichever instance they ran.
 *
 * Reads the file twice and keeps only what it prints. Needs no backend.
 */
export async function findLogs(words: readonly string[], path: string | undefined): Promise<CommandOutput> {
  const id = requireWord(words, "id");
  if (id.length < MIN_ID_LENGTH) throw new UsageError("an id has six characters at least");
  if (path === undefined) throw new UsageError("which file of log lines? --file path");
  const traceIds = new Set<string>();
  for await (const { text, line } of readLines(path))
    if (line.traceId !== undefined && text.includes(id)) traceIds.add(line.traceId);
  const found: LogLine[] = [];
  for await (const { text, line } of readLines(path))
    if (text.includes(id) || traceIds.has(line.traceId ?? "")) found.push(line);
  return {
    json: found,
    lines: found.length > 0 ? found.flatMap(formatLine) : ["no line of the log has this id"],
    exitCode: found.length > 0 ? 0 : 1,
  };
}

/** Lines that are not of the app are left out: Next's own, and a platform's. */
async function* readLines(path: string): AsyncGenerator<{ text: string; line: LogLine }> {
  for await (const text of createInterface({ input: createReadStream(path) })) {
    const line = parseLine(text);
    if (line) yield { text, line };
  }
}

/** A platform's export wraps each line: `vercel logs --json` has it as `message`. */
function parseLine(text: string): LogLine | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const line = logLineSchema.safeParse(json);
  if (line.success) return line.data;
  const wrapped = z.object({ message: z.string() }).safeParse(json);
  return wrapped.success && wrapped.data.message !== text ? parseLine(wrapped.data.message) : null;
}

function formatLine({ level, time, msg, err, ...fields }: LogLine): string[] {
  const details = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const first = [time, (LEVEL_NAMES[level] ?? String(level)).padEnd(5), msg, ...details].join(" ");
  const error = loggedErrorSchema.safeParse(err);
  if (!error.success) return [first];
  const { type, message, stack } = error.data;
  return [first, `  ${type}: ${message}`, ...stack.split("\n").filter(Boolean)];
}
