/** 0 too short or guessed at once, 1 weak, 2 fair, 3 good, 4 strong. */
export type Strength = 0 | 1 | 2 | 3 | 4;

const LEAST_LENGTH = 8;
/** Bits of guessing below which a password is weak, fair, good. */
const STEPS = [30, 45, 65] as const;

/** What is tried first, by everybody, in both keyboard layouts. */
const WORN = [
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
const RUNS = "0123456789 abcdefghijklmnopqrstuvwxyz абвгдеёжзийклмнопрстуфхцчшщъыьэюя";

/**
 * A hint while a password is being chosen, and no more: whether it is accepted the server decides. Counts what is
 * left of it to guess once worn words, what is known of the person, repeats and runs count for one character each.
 *
 * @param known  what others know of the person: address, name
 */
export function strengthOf(password: string, known: readonly string[] = []): Strength {
  if (Array.from(password).length < LEAST_LENGTH) return 0;
  const bits = countsFor(password, known) * Math.log2(alphabetOf(password));
  const reached = STEPS.filter((step) => bits >= step).length;
  return (reached + 1) as Strength;
}

/** How many characters a password is worth. */
function countsFor(password: string, known: readonly string[]): number {
  let text = password.toLowerCase();
  const parts = known
    .flatMap((each) => each.toLowerCase().split(/[\s@._-]+/))
    .filter(({ length }) => length > 2);
  for (const word of [...WORN, ...parts].sort((a, b) => b.length - a.length))
    text = text.replaceAll(word, "\0");
  let count = 0;
  let before = "";
  for (const character of text) {
    const goesOn = before !== "" && (character === before || RUNS.includes(before + character));
    if (!goesOn) count++;
    before = character;
  }
  // `abcabcabc` is three characters that come again.
  return Math.min(count, new Set(text).size * 2);
}

function alphabetOf(password: string): number {
  const kinds = [
    [/\d/, 10],
    [/\p{Ll}/u, 26],
    [/\p{Lu}/u, 26],
    [/[^\d\p{L}]/u, 20],
  ] as const;
  return kinds.reduce((sum, [kind, size]) => (kind.test(password) ? sum + size : sum), 0);
}
