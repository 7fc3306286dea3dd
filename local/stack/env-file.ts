/** Characters that mean something to a shell between double quotes. */
const SHELL_SPECIAL = /[$`"\\]/;
/** Nothing of it can be written so that all readers agree: a dotenv parser drops or rewrites control characters. */
const CONTROL_CHARACTERS = /\p{Cc}/u;

/**
 * An environment as a file that `. file` in a shell, `node --env-file`, `util.parseEnv` and dotenv read alike.
 * Quotes are single, between which none of them reads anything into a character; a value that has one itself
 * stands in double quotes.
 *
 * @throws {TypeError} naming a variable whose value no quotes keep alike: control characters, a backslash at the
 *   end, or a single quote beside one of $ ` " \
 */
export function toEnvFile(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${quoteValue(name, value)}\n`)
    .join("");
}

function quoteValue(name: string, value: string): string {
  const quoteMark = value.includes("'") ? '"' : "'";
  if (
    CONTROL_CHARACTERS.test(value) ||
    value.endsWith("\\") ||
    (quoteMark === '"' && SHELL_SPECIAL.test(value))
  ) {
    throw new TypeError(
      `${name} cannot be written to an environment file: its value mixes quotes or controls`,
    );
  }
  return quoteMark + value + quoteMark;
}
