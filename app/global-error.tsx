"use client";

import { useSyncExternalStore } from "react";
import type { Locale } from "@/lib/core/locale";
import "./globals.css";

/** This page replaces the root layout and its message provider, so it has its own texts. */
const MESSAGES: Record<Locale, { title: string; text: string; retry: string; home: string; digest: string }> =
  {
    ru: {
      title: "Свет погас",
      text: "Страница не загрузилась. Ничего не потеряно.",
      retry: "Попробовать снова",
      home: "На главную",
      digest: "Номер ошибки:",
    },
    en: {
      title: "The lights went out",
      text: "The page didn't load. Nothing is lost.",
      retry: "Try again",
      home: "Back to the feed",
      digest: "Error ID:",
    },
  };

/** Parses the cookie by hand: the locale schema would add zod to the JavaScript of every page. */
function browserLocale(): Locale {
  const chosen = /(?:^|; )locale=(ru|en)/.exec(document.cookie)?.[1] ?? navigator.language;
  return chosen.startsWith("en") ? "en" : "ru";
}

/** What theme.ts has stored; nothing before the reader chose. */
function chosenTheme(): string {
  try {
    const theme = localStorage.getItem("theme");
    return theme === "dark" || theme === "light" ? theme : "";
  } catch {
    return "";
  }
}

const subscribeToNothing = () => () => undefined;

export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  const locale = useSyncExternalStore<Locale>(subscribeToNothing, browserLocale, () => "ru");
  const theme = useSyncExternalStore(subscribeToNothing, chosenTheme, () => "");
  const messages = MESSAGES[locale];
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <html lang={locale} className={theme}>
      <body>
        <title>{messages.title}</title>
        <main className="mx-auto flex min-h-dvh max-w-3xl flex-col justify-center px-6">
          <h1 className="display text-[clamp(2.25rem,8vw,4.5rem)]">{messages.title}</h1>
          <p className="mt-6 text-lg text-muted">{messages.text}</p>
          {digest === null ? null : (
            <p className="tabular mt-3 text-sm text-faint">
              {messages.digest} {digest}
            </p>
          )}
          <div className="mt-9 flex flex-wrap gap-3">
            <button
              type="button"
              onClick={() => retry()}
              className="min-h-13 rounded-full bg-accent px-7 font-semibold text-on-accent"
            >
              {messages.retry}
            </button>
            {/* A full page load on purpose: the state in memory is what broke. */}
            <a
              href="/"
              className="inline-flex min-h-13 items-center rounded-full border border-line-strong px-7 font-semibold"
            >
              {messages.home}
            </a>
          </div>
        </main>
      </body>
    </html>
  );
}
