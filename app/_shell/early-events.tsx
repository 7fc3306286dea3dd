"use client";

import { useEffect, useState } from "react";
import { THEME_SCRIPT } from "./theme";

/** What the document's script leaves for the page's. */
interface EarlyEventsState {
  /** Controls that were pressed and forms that were submitted, each form with the button that did it. */
  kept: Map<HTMLElement, HTMLElement | null>;
  stop: () => void;
}

declare global {
  interface Window {
    earlyEvents?: EarlyEventsState;
  }
}

/**
 * Keeps what is pressed while the page's scripts are still on their way: a button that needs them would do nothing, and
 * a form would put what was typed into the address. Links, popovers and forms of server actions work without scripts
 * and are left alone.
 *
 * What is kept is kept from React too, which hydrates a part of the page when it is clicked: it would act on the click
 * at once, and on its repetition again.
 */
const SCRIPT = `(() => {
  const kept = new Map();
  const keep = (event) => {
    const isSubmit = event.type === "submit";
    const control = isSubmit ? event.target : event.target.closest("button:not([popovertarget])");
    if (!control) return;
    if (isSubmit ? control.hasAttribute("action") : control.type === "submit" && control.form) return;
    event.preventDefault();
    event.stopPropagation();
    kept.set(control, event.submitter ?? null);
    (event.submitter ?? control).setAttribute("aria-busy", "true");
  };
  const types = ["click", "submit"];
  for (const type of types) addEventListener(type, keep, true);
  window.earlyEvents = { kept, stop() { for (const type of types) removeEventListener(type, keep, true) } };
})();`.replace(/\n\s*/g, "");

const isTyped = ({ value, defaultValue, type }: HTMLInputElement | HTMLTextAreaElement) =>
  value !== defaultValue && /^(text|email|password|search|url|tel|textarea|range)$/.test(type);

/**
 * Repeats what was typed and pressed before the page's scripts ran. React does not see what a person or their password
 * manager has put into a field before, or where a slider was moved.
 */
function replayEarlyEvents({ kept, stop }: EarlyEventsState): void {
  stop();
  // All are read first: rendering one of a form's fields empties the others.
  const typed = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")]
    .filter(isTyped)
    .map((field) => [field, field.defaultValue, field.value] as const);
  for (const [field, defaultValue, value] of typed) {
    // React remembers the value that it found, so it must see another one first.
    const setValue = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value")?.set;
    for (const next of [defaultValue, value]) {
      setValue?.call(field, next);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  // When the fields are rendered with what was typed.
  setTimeout(() => {
    for (const [control, submitter] of kept) {
      (submitter ?? control).removeAttribute("aria-busy");
      if (!control.isConnected) continue;
      if (control instanceof HTMLFormElement) control.requestSubmit(submitter);
      else control.click();
    }
  });
}

/**
 * The document's first script: the theme before the first paint, and what is pressed before the page's scripts run.
 * @param nonce  CSP nonce of the document; a later response's would be refused
 */
export function EarlyEvents({ nonce }: { nonce: string | undefined }) {
  const [documentNonce] = useState(nonce);
  useEffect(() => {
    // After the effects of all other components.
    const timer = setTimeout(() => {
      if (window.earlyEvents) replayEarlyEvents(window.earlyEvents);
      delete window.earlyEvents;
    });
    return () => clearTimeout(timer);
  }, []);
  return (
    <script
      nonce={documentNonce}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant
      dangerouslySetInnerHTML={{ __html: THEME_SCRIPT + SCRIPT }}
      suppressHydrationWarning
    />
  );
}
