/** Characters that a shell interprets between double quotes. */
const SHELL_SPECIAL = /[$`"\\]/;
/** A dotenv parser drops or rewrites control characters, so no quoting keeps them in every reader. */
const CONTROL_CHARACTERS = /\p{Cc}/u;

/**
 * Formats an environment as a file that `. file` in a shell, `node --env-file`, `util.parseEnv` and dotenv read
 * alike. Values are in single quotes, which none of these readers interprets; a value that contains a single quote
 * is in double quotes.
 *
 * @throws {TypeError} naming a variable whose value no quoting preserves: control characters, a backslash at the
 *   end, or a single quote together with one of $ ` " \
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
      `${name} cannot be written to an environment file: its value has control characters, a trailing backslash or mixed quotes`,
    );
  }
  return quoteMark + value + quoteMark;
}
