import { NextIntlClientProvider } from "next-intl";
import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";

/** The texts of these pages, and those of the components that they share with others. */
export async function BotTexts({ children }: { children: ReactNode }) {
  const { bots, botEditor, botRuns, failure, dialog, form, time, newPost, copyButton } = await getMessages();
  return (
    <NextIntlClientProvider
      messages={{ bots, botEditor, botRuns, failure, dialog, form, time, newPost, copyButton }}
    >
      {children}
    </NextIntlClientProvider>
  );
}
