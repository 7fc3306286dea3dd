type ShowPrompt = () => Promise<boolean>;

let showPrompt: ShowPrompt | null = null;
let pendingPrompt: Promise<boolean> | null = null;

/** Whoever can show the question (one dialog a page) says so. @returns takes it back */
export function registerPasswordPrompt(show: ShowPrompt): () => void {
  showPrompt = show;
  return () => {
    if (showPrompt === show) showPrompt = null;
  };
}

/**
 * Has the person give their password again. Calls that need it at the same time share one question.
 *
 * @returns whether it was given and is right; false as well when they would rather not, or nobody can ask
 */
export function promptForPassword(): Promise<boolean> {
  pendingPrompt ??= (showPrompt?.() ?? Promise.resolve(false)).finally(() => {
    pendingPrompt = null;
  });
  return pendingPrompt;
}
