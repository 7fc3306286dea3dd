/** Where the focus goes when the focused element is removed. */

export function focusComposer(): void {
  document.querySelector<HTMLElement>("textarea[data-composer]")?.focus();
}

export function focusMessage(id: string): void {
  document.getElementById(`m-${id}`)?.focus({ preventScroll: true });
}
