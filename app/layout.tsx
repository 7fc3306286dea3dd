import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { NextIntlClientProvider } from "next-intl";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Shell } from "@/app/_shell/shell";
import { ThemeRoot } from "@/app/_shell/theme-root";
import { env } from "@/lib/core/env";
import { NONCE_HEADER } from "@/lib/core/security-headers";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("meta");
  return {
    metadataBase: new URL(env().APP_URL),
    title: { default: t("title"), template: "%s · NormalDance" },
    description: t("description"),
    applicationName: "NormalDance",
    openGraph: { siteName: "NormalDance", type: "website", locale: await getLocale() },
    twitter: { card: "summary_large_image" },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: dark)", color: "#0d0c15" },
    { media: "(prefers-color-scheme: light)", color: "#f7f6fb" },
  ],
  colorScheme: "dark light",
  viewportFit: "cover",
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined;
  // A quarter of all texts, which the layout of their pages provides, or which only the server reads.
  const { bots, botEditor, botRuns, overviewConsole, ...messages } = await getMessages();
  return (
    // next-themes writes the class before the first paint, so the server cannot know it.
    <html lang={await getLocale()} suppressHydrationWarning>
      <body>
        <ThemeRoot nonce={nonce}>
          <NextIntlClientProvider messages={messages}>
            <Shell>{children}</Shell>
          </NextIntlClientProvider>
        </ThemeRoot>
      </body>
    </html>
  );
}
