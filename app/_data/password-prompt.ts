type ShowPrompt = () => Promise<boolean>;

let showPrompt: ShowPrompt | null = null;
let pendingPrompt: Promise<boolean> | null = null;

/** Registers the dialog that asks for the password, one per page. @returns unregisters it */
export function registerPasswordPrompt(show: ShowPrompt): () => void {
  showPrompt = show;
  return () => {
    if (showPrompt === show) showPrompt = null;
  };
}

/**
 * Asks the user for their password again. Concurrent calls share one prompt.
 *
 * @returns whether the right password was given; false when the user cancels or no dialog is registered
 */
export function promptForPassword(): Promise<boolean> {
  pendingPrompt ??= (showPrompt?.() ?? Promise.resolve(false)).finally(() => {
    pendingPrompt = null;
  });
  return pendingPrompt;
}
