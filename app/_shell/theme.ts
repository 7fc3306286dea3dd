"use client";

import { useSyncExternalStore } from "react";

export type Theme = "dark" | "light" | "system";

const STORAGE_KEY = "theme";
const DARK_QUERY = "(prefers-color-scheme: dark)";

/** Sets the theme's class before the first paint; part of the document's first script. */
export const THEME_SCRIPT = `(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("${STORAGE_KEY}");
  } catch {}
  if (theme !== "dark" && theme !== "light") theme = matchMedia("${DARK_QUERY}").matches ? "dark" : "light";
  document.documentElement.classList.add(theme);
})();`.replace(/\n\s*/g, "");

/** What the reader chose where it cannot be stored: in a private window, or where the storage is full. */
let unstored: Theme | null = null;
const listeners = new Set<() => void>();
let systemIsDark: MediaQueryList | undefined;

/** One list, since listeners are removed from the list that they were added to. Not on the server. */
function darkQuery(): MediaQueryList {
  systemIsDark ??= matchMedia(DARK_QUERY);
  return systemIsDark;
}

function readTheme(): Theme {
  if (unstored !== null) return unstored;
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "dark" || stored === "light" ? stored : "system";
  } catch {
    return "system";
  }
}

function readResolvedTheme(): "dark" | "light" {
  const theme = readTheme();
  return theme === "system" ? (darkQuery().matches ? "dark" : "light") : theme;
}

/** Shows the theme that is chosen now, without the transitions of what it changes (motion.css). */
function applyTheme(): void {
  const { classList } = document.documentElement;
  const theme = readResolvedTheme();
  if (!classList.contains(theme)) {
    classList.remove("dark", "light");
    classList.add(theme, "changes-theme");
    // The new styles are computed while the class is there.
    getComputedStyle(document.body).getPropertyValue("color");
    setTimeout(() => classList.remove("changes-theme"), 1);
  }
  for (const notify of listeners) notify();
}

/** Another tab chose a theme. */
const onStorage = ({ key }: StorageEvent) => {
  if (key !== STORAGE_KEY) return;
  unstored = null;
  applyTheme();
};

function subscribe(notify: () => void): () => void {
  if (listeners.size === 0) {
    addEventListener("storage", onStorage);
    darkQuery().addEventListener("change", applyTheme);
  }
  listeners.add(notify);
  // A page that has replaced the document's root has no class.
  applyTheme();
  return () => {
    listeners.delete(notify);
    if (listeners.size > 0) return;
    removeEventListener("storage", onStorage);
    darkQuery().removeEventListener("change", applyTheme);
  };
}

const unknown = () => null;

/** What the reader chose, `system` before they do; null on the server. Some user of it must be on every page. */
export function useTheme(): Theme | null {
  return useSyncExternalStore(subscribe, readTheme, unknown);
}

/** The theme that is shown; null on the server. */
export function useResolvedTheme(): "dark" | "light" | null {
  return useSyncExternalStore(subscribe, readResolvedTheme, unknown);
}

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(STORAGE_KEY, theme);
    unstored = null;
  } catch {
    // Kept until the page is left.
    unstored = theme;
  }
  applyTheme();
}
