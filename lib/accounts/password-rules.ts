import { AppError } from "../core/errors";

/**
 * What a new password must be, as NIST SP 800-63B has it: long enough (client.ts) and not one that everybody tries
 * first. No rule on which characters, no change by the calendar.
 */

/** The name of the house is the first thing to try here. */
const SITE_NAMES = ["normaldance"];
/** `aaaaaaaa` and `abababab` are long and nothing else. */
const MIN_DISTINCT_CHARACTERS = 3;

/** Who the password is for: what everybody knows of them makes a bad one. */
interface PasswordOwner {
  email: string;
  name: string;
}

/**
 * @param field  what the form calls it
 * @throws {AppError} bad_request when it is one of the most common, or everybody's first guess for this account
 */
export async function requireStrongPassword(
  password: string,
  { email, name }: PasswordOwner,
  field = "password",
): Promise<void> {
  const normalized = password.trim().toLowerCase();
  const guesses = [...SITE_NAMES, email, email.split("@")[0], name].map((guess) =>
    guess?.trim().toLowerCase(),
  );
  const isWeak =
    new Set(normalized).size < MIN_DISTINCT_CHARACTERS ||
    guesses.includes(normalized) ||
    (await isCommonPassword(normalized));
  if (isWeak) throw new AppError("bad_request", { message: "password_common", field });
}

/** Also when it was typed with the Russian layout on: `зфыыцщкв` is what `password` looks like then. */
async function isCommonPassword(password: string): Promise<boolean> {
  commonPasswords ??= loadCommonPasswords();
  const passwords = await commonPasswords;
  return passwords.has(password) || passwords.has(toLatinLayout(password));
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

/**
 * Some 50,000 passwords by how often they were found in leaks. Loaded when the first one is chosen: half a megabyte
 * that most processes never need, and browsers never.
 */
async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
}

const CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю";
const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";

function toLatinLayout(text: string): string {
  return Array.from(text, (character) => LATIN[CYRILLIC.indexOf(character)] ?? character).join("");
}
