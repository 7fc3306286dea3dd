/** 0 too short, 1 weak, 2 fair, 3 good, 4 strong. */
export type PasswordStrength = 0 | 1 | 2 | 3 | 4;

const MIN_LENGTH = 8;
/** Bits of entropy below which a password is weak, fair, good. */
const BIT_THRESHOLDS = [30, 45, 65] as const;

/** Words that attackers try first, in both keyboard layouts. */
const COMMON_WORDS = [
  ...[
    "normaldance",
    "password",
    "passw0rd",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "zxcvbn",
    "letmein",
    "welcome",
  ],
  ...["iloveyou", "admin", "dragon", "monkey", "пароль", "йцукен", "фывапр", "ячсмит", "любовь", "привет"],
];
const CHARACTER_SEQUENCES = "0123456789 abcdefghijklmnopqrstuvwxyz абвгдеёжзийклмнопрстуфхцчшщъыьэюя";

/**
 * A hint while the user chooses a password; only the server decides whether it is accepted. Estimates the entropy that
 * is left when common words, personal data, repeats and runs count as one character each.
 *
 * @param personalData  known data of the user: email address, name
 */
export function passwordStrength(password: string, personalData: readonly string[] = []): PasswordStrength {
  if (Array.from(password).length < MIN_LENGTH) return 0;
  const bits = effectiveLength(password, personalData) * Math.log2(alphabetSize(password));
  const thresholdsReached = BIT_THRESHOLDS.filter((threshold) => bits >= threshold).length;
  return (thresholdsReached + 1) as PasswordStrength;
}

/** The number of unpredictable characters in a password. */
function effectiveLength(password: string, personalData: readonly string[]): number {
  let text = password.toLowerCase();
  const parts = personalData
    .flatMap((value) => value.toLowerCase().split(/[\s@._-]+/))
    .filter(({ length }) => length > 2);
  for (const word of [...COMMON_WORDS, ...parts].sort((a, b) => b.length - a.length))
    text = text.replaceAll(word, "\0");
  let count = 0;
  let previous = "";
  for (const character of text) {
    const continuesRun =
      previous !== "" && (character === previous || CHARACTER_SEQUENCES.includes(previous + character));
    if (!continuesRun) count++;
    previous = character;
  }
  // `abcabcabc` is three characters, repeated.
  return Math.min(count, new Set(text).size * 2);
}

function alphabetSize(password: string): number {
  const kinds = [
    [/\d/, 10],
    [/\p{Ll}/u, 26],
    [/\p{Lu}/u, 26],
    [/[^\d\p{L}]/u, 20],
  ] as const;
  return kinds.reduce((sum, [kind, size]) => (kind.test(password) ? sum + size : sum), 0);
}
