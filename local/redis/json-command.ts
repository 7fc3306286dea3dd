import type { Argument } from "./resp/reply";

/**
 * Parses `["CMD", arg, …]`. Numbers keep their digits as written, so that a 64-bit integer or `1.10` reaches the
 * engine unchanged; `true`, `false` and `null` become their names.
 *
 * @returns null when the text is no JSON array of strings, numbers, booleans and nulls
 */
export function parseCommand(text: string): Argument[] | null {
  const value = parseKeepingDigits(text, 1);
  return isCommand(value) ? value.map(String) : null;
}

/** Parses a list of commands, the body of pipelines and transactions, like {@link parseCommand}. */
export function parseCommands(text: string): Argument[][] | null {
  const value = parseKeepingDigits(text, 2);
  if (!Array.isArray(value) || !value.every(isCommand)) return null;
  return value.map((command) => command.map(String));
}

type Scalar = string | number | boolean | null;

function isCommand(value: unknown): value is Scalar[] {
  return Array.isArray(value) && value.every((item) => item === null || typeof item !== "object");
}

function parseKeepingDigits(text: string, depth: number): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const commands = depth === 1 ? [value] : value;
    const hasNumber =
      Array.isArray(commands) &&
      commands.some((command) => Array.isArray(command) && command.some((item) => typeof item === "number"));
    return hasNumber ? JSON.parse(quoteNumbers(text)) : value;
  } catch {
    return undefined;
  }
}

/** Puts quotes around every number of a valid JSON text; strings are skipped. */
function quoteNumbers(json: string): string {
  const bareNumber = /["\d-]/g;
  const number = /[-+.\dEe]+/y;
  let out = "";
  let copiedUpTo = 0;
  for (let match = bareNumber.exec(json); match !== null; match = bareNumber.exec(json)) {
    if (match[0] === '"') {
      bareNumber.lastIndex = endOfString(json, match.index);
      continue;
    }
    number.lastIndex = match.index;
    const digits = number.exec(json)?.[0] ?? "";
    out += `${json.slice(copiedUpTo, match.index)}"${digits}"`;
    copiedUpTo = match.index + digits.length;
    bareNumber.lastIndex = copiedUpTo;
  }
  return out + json.slice(copiedUpTo);
}

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return json.length;
}
