"use client";

import { useLocale } from "next-intl";
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import type { Locale } from "@/lib/core/locale";
import { AddedMessages } from "./added-messages";
import type { OnDemandMessages } from "./catalogue";

const loads = new Map<Locale, Promise<OnDemandMessages>>();

/** A failed load is tried again by the next call. */
function loadOnDemandMessages(locale: Locale): Promise<OnDemandMessages> {
  const known = loads.get(locale);
  if (known) return known;
  const file =
    locale === "ru" ? import("./messages/on-demand/ru.json") : import("./messages/on-demand/en.json");
  const load = file.then(
    (module) => module.default,
    (error: unknown) => {
      loads.delete(locale);
      throw error;
    },
  );
  loads.set(locale, load);
  return load;
}

/**
 * For components that load when they are first needed: loads their texts at the same time, from a file for each language
 * that the browser keeps, in place of as many bytes in every document.
 *
 * @param script loads the component
 * @returns the component with the texts of `messages/on-demand` in it
 */
export async function withOnDemandMessages<Props extends object>(
  script: Promise<ComponentType<Props>>,
): Promise<ComponentType<Props>> {
  const locale = document.documentElement.lang === "ru" ? "ru" : "en";
  const [Component, messages] = await Promise.all([script, loadOnDemandMessages(locale)]);
  return (props: Props) => (
    <OnDemandProvider loaded={messages}>
      <Component {...props} />
    </OnDemandProvider>
  );
}

/**
 * Renders with the texts that have loaded, and follows the page's language when their file is there: waiting for it in
 * the render would hide what is shown, and delay what opens (React reveals what suspended after 300 ms).
 */
function OnDemandProvider({ loaded, children }: { loaded: OnDemandMessages; children: ReactNode }) {
  const locale = useLocale();
  const [messages, setMessages] = useState(loaded);
  useEffect(() => {
    let isCurrent = true;
    loadOnDemandMessages(locale).then(
      (current) => {
        if (isCurrent) setMessages(current);
      },
      // The texts stay in the other language.
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [locale]);
  return <AddedMessages messages={messages}>{children}</AddedMessages>;
}
