import { parseArgs } from "node:util";
import type { AuditContext } from "@/lib/audit";
import type { SignedInCaller } from "@/lib/core/permission";

/** What an action gets from the command line. */
export interface CommandInput {
  /** The words after room and action. */
  words: readonly string[];
  options: Readonly<Record<OptionName, string | undefined>>;
  /** `--all` */
  all: boolean;
  /** `--yes` */
  yes: boolean;
  /** The administrator as whom it acts. */
  caller: SignedInCaller;
  /** For the audit log, with `--reason`. */
  auditContext: AuditContext;
}

/** One action of a room. */
export interface Command {
  /** One line for the list of commands, with its words. */
  usage: string;
  summary: string;
  /** Omitted for a command that only reads; the others require `--reason`, and `--yes` where they destroy. */
  changes?: "something" | "destroys";
  /** @returns what `--json` prints, and the lines for a person */
  run(input: CommandInput): Promise<CommandOutput>;
}

export interface CommandOutput {
  json: unknown;
  lines: readonly string[];
  /** The exit code; 1 when what was looked at is not well. */
  exitCode?: 0 | 1;
}

const OPTION_NAMES = [
  ...(["as", "reason", "queue", "state", "owner", "subject", "error", "from", "to"] as const),
  ...(["about", "payload", "cursor", "limit", "match", "section", "file"] as const),
] as const;
type OptionName = (typeof OPTION_NAMES)[number];

export interface ParsedCommandLine {
  room: string | undefined;
  action: string | undefined;
  words: string[];
  options: Record<OptionName, string | undefined>;
  json: boolean;
  all: boolean;
  yes: boolean;
}

/** @throws {TypeError} naming an unknown option */
export function parseCommandLine(args: string[]): ParsedCommandLine {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...(Object.fromEntries(OPTION_NAMES.map((name) => [name, { type: "string" }])) as Record<
        OptionName,
        { type: "string" }
      >),
      json: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
    },
  });
  const [room, action, ...words] = positionals;
  const { json, all, yes } = values;
  const options = Object.fromEntries(OPTION_NAMES.map((name) => [name, values[name]]));
  return { room, action, words, options: options as ParsedCommandLine["options"], json, all, yes };
}

/** A mistake in what was typed. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** @throws {UsageError} when the word is missing */
export function requireWord(words: readonly string[], what: string): string {
  const [word] = words;
  if (word === undefined) throw new UsageError(`which ${what}? It is the last word of the command.`);
  return word;
}

/** The line that leads to the next page, if there is one. */
export const moreLines = ({ nextCursor }: { nextCursor: string | null }): string[] =>
  nextCursor ? [`more: --cursor ${nextCursor}`] : [];

/** Rows under headings, in columns as wide as their longest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line)];
}
