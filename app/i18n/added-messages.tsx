"use client";

import { NextIntlClientProvider, useLocale, useMessages } from "next-intl";
import { type ReactNode, useMemo } from "react";
import type messages from "./messages/ru.json";

/** Adds texts to those that the components inside it can use already. */
export function AddedMessages({
  messages: added,
  children,
}: {
  messages: Partial<typeof messages>;
  children: ReactNode;
}) {
  const inherited = useMessages();
  const merged = useMemo(() => ({ ...inherited, ...added }), [inherited, added]);
  return (
    <NextIntlClientProvider locale={useLocale()} messages={merged}>
      {children}
    </NextIntlClientProvider>
  );
}
