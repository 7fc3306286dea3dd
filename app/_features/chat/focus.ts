/** Where the focus goes when what had it is no longer there. */

/** The line one writes on. */
export function focusComposer(): void {
  document.querySelector<HTMLElement>("textarea[data-composer]")?.focus();
}

export function focusMessage(id: string): void {
  document.getElementById(`m-${id}`)?.focus({ preventScroll: true });
}
