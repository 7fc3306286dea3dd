"use client";

import { useEffect, useState } from "react";

const HYDRATED_EVENT = "normaldance:hydrated";

/**
 * Keeps what is pressed and typed while the page's scripts are still on their way, and repeats it when they run: a
 * button that needs them would do nothing, a form would put what was typed into the address, and React does not see
 * what a person or their password manager has put into a field, or where a slider was moved. Links, popovers and forms
 * of server actions work without scripts and are left alone.
 *
 * What is kept is kept from React too, which hydrates a part of the page when it is clicked: it would act on the click
 * at once, and on its repetition again.
 */
const SCRIPT = `(() => {
  const early = new Map();
  const keep = (event) => {
    const isSubmit = event.type === "submit";
    const control = isSubmit ? event.target : event.target.closest("button:not([popovertarget])");
    if (!control) return;
    if (isSubmit ? control.hasAttribute("action") : control.type === "submit" && control.form) return;
    event.preventDefault();
    event.stopPropagation();
    early.set(control, event.submitter ?? null);
    (event.submitter ?? control).setAttribute("aria-busy", "true");
  };
  addEventListener("click", keep, true);
  addEventListener("submit", keep, true);
  addEventListener("${HYDRATED_EVENT}", () => {
    removeEventListener("click", keep, true);
    removeEventListener("submit", keep, true);
    const isTyped = ({ value, defaultValue, type }) =>
      value !== defaultValue && /^(text|email|password|search|url|tel|textarea|range)$/.test(type);
    // All are read first: rendering one of a form's fields empties the others.
    const typed = [...document.querySelectorAll("input, textarea")]
      .filter(isTyped)
      .map((field) => [field, field.defaultValue, field.value]);
    for (const [field, defaultValue, value] of typed) {
      // React remembers the value that it found, so it must see another one first.
      const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
      for (const next of [defaultValue, value]) {
        set.call(field, next);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    // When the fields are rendered with what was typed.
    setTimeout(() => {
      for (const [control, submitter] of early) {
        (submitter ?? control).removeAttribute("aria-busy");
        if (!control.isConnected) continue;
        if (control.requestSubmit) control.requestSubmit(submitter);
        else control.click();
      }
    });
  }, { once: true });
})();`.replace(/\n\s*(?:\/\/[^\n]*)?/g, "");

/** @param nonce  CSP nonce of the document; a later response's would be refused */
export function EarlyEvents({ nonce }: { nonce: string | undefined }) {
  const [documentNonce] = useState(nonce);
  useEffect(() => {
    // After the effects of all other components.
    const timer = setTimeout(() => window.dispatchEvent(new Event(HYDRATED_EVENT)));
    return () => clearTimeout(timer);
  }, []);
  return (
    <script
      nonce={documentNonce}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant
      dangerouslySetInnerHTML={{ __html: SCRIPT }}
      suppressHydrationWarning
    />
  );
}
