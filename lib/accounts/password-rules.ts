import { AppError } from "../core/errors";
import { normalizePassword } from "./password";

/**
 * Rules for new passwords, after NIST SP 800-63B: long enough (lib/schemas/account.ts) and not a common guess. No rules on which
 * characters, no periodic change.
 */

/** The site's name is an obvious guess here. */
const SITE_NAMES = ["normaldance"];
/** Rejects `aaaaaaaa` and `abababab`, which are only long. */
const MIN_DISTINCT_CHARACTERS = 3;

/** Public data of the password's owner, which makes obvious guesses. */
interface PasswordOwner {
  email: string;
  name: string;
}

/**
 * @param field  the form's field, for the error
 * @throws {AppError} bad_request for a common password, and for an obvious guess at this account
 */
export async function requireStrongPassword(
  password: string,
  { email, name }: PasswordOwner,
  field = "password",
): Promise<void> {
  const normalized = normalizePassword(password).trim().toLowerCase();
  const guesses = [...SITE_NAMES, email, email.split("@")[0], name].map((guess) =>
    guess === undefined ? undefined : normalizePassword(guess).trim().toLowerCase(),
  );
  const isWeak =
    new Set(normalized).size < MIN_DISTINCT_CHARACTERS ||
    guesses.includes(normalized) ||
    (await isCommonPassword(normalized));
  if (isWeak) throw new AppError("bad_request", { message: "password_common", field });
}

/** Also matches passwords typed in the Russian keyboard layout, where `password` becomes `зфыыцщкв`. */
async function isCommonPassword(password: string): Promise<boolean> {
  commonPasswords ??= loadCommonPasswords();
  const passwords = await commonPasswords;
  return passwords.has(password) || passwords.has(toLatinLayout(password));
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

/**
 * Some 50,000 passwords from leaks. Loaded when the first new password is checked: half a megabyte that most processes
 * never need.
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
