import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { NextIntlClientProvider } from "next-intl";
import { getLocale, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { EarlyEvents } from "@/app/_shell/early-events";
import { Shell } from "@/app/_shell/shell";
import { type Namespace, pickMessages } from "@/app/i18n/client-messages";
import { env } from "@/lib/core/env";
import { NONCE_HEADER } from "@/lib/core/security-headers";
import "./globals.css";
// Pages need these at once; as parts of the shell's script they are no requests of their own.
import "./(site)/error";
import "./global-error";

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

/** The texts of client components that are on every page; the layout of a page adds its own. */
const SHELL_NAMESPACES: readonly Namespace[] = ["shell", "theme", "player", "dialog", "failure", "time"];

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined;
  return (
    // EarlyEvents writes the theme's class before the first paint, so the server cannot know it.
    <html lang={await getLocale()} suppressHydrationWarning>
      <body>
        <EarlyEvents nonce={nonce} />
        <NextIntlClientProvider messages={await pickMessages(SHELL_NAMESPACES)}>
          <Shell>{children}</Shell>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
