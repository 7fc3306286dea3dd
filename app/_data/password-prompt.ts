type Ask = () => Promise<boolean>;

let ask: Ask | null = null;
let underWay: Promise<boolean> | null = null;

/** Whoever can show the question (one dialog a page) says so. @returns takes it back */
export function answerPasswordQuestions(asker: Ask): () => void {
  ask = asker;
  return () => {
    if (ask === asker) ask = null;
  };
}

/**
 * Has the person give their password again. Calls that need it at the same time share one question.
 *
 * @returns whether it was given and is right; false as well when they would rather not, or nobody can ask
 */
export function askForPassword(): Promise<boolean> {
  underWay ??= (ask?.() ?? Promise.resolve(false)).finally(() => {
    underWay = null;
  });
  return underWay;
}
