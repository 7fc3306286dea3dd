"use client";

import { NextIntlClientProvider, useLocale, useMessages } from "next-intl";
import { type ReactNode, useMemo } from "react";
import type { Messages } from "./catalogue";

/** Adds texts to those that the components inside it can use already. */
export function AddedMessages({
  messages: added,
  children,
}: {
  messages: Partial<Messages>;
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
