import { AppError } from "../core/errors";

/**
 * What a new password must be, as NIST SP 800-63B has it: long enough (client.ts) and not one that everybody tries
 * first. No rule on which characters, no change by the calendar.
 */

/** The name of the house is the first thing to try here. */
const OURS = ["normaldance"];
/** `aaaaaaaa` and `abababab` are long and nothing else. */
const FEWEST_CHARACTERS = 3;

/** Who the password is for: what everybody knows of them makes a bad one. */
interface Owner {
  email: string;
  name: string;
}

/**
 * @param field  what the form calls it
 * @throws {AppError} bad_request when it is one of the most common, or everybody's first guess for this account
 */
export async function requireGoodPassword(
  password: string,
  { email, name }: Owner,
  field = "password",
): Promise<void> {
  const plain = password.trim().toLowerCase();
  const guesses = [...OURS, email, email.split("@")[0], name].map((guess) => guess?.trim().toLowerCase());
  const weak = new Set(plain).size < FEWEST_CHARACTERS || guesses.includes(plain) || (await isCommon(plain));
  if (weak) throw new AppError("bad_request", { message: "password_common", field });
}

/** Also when it was typed with the Russian layout on: `зфыыцщкв` is what `password` looks like then. */
async function isCommon(password: string): Promise<boolean> {
  common ??= load();
  const passwords = await common;
  return passwords.has(password) || passwords.has(inLatinLayout(password));
}

let common: Promise<ReadonlySet<string>> | undefined;

/**
 * Some 50,000 passwords by how often they were found in leaks. Loaded when the first one is chosen: half a megabyte
 * that most processes never need, and browsers never.
 */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
}

const CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю";
const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";

function inLatinLayout(text: string): string {
  return Array.from(text, (character) => LATIN[CYRILLIC.indexOf(character)] ?? character).join("");
}
