"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { isControlled, keepPage, registerWorker } from "@/app/_data/kept-pages";

/** A page that was left sooner was not read, and rendering its document for later would be for nothing. */
const READING_MS = 10_000;
/** A page that is visited again sooner is not rendered again. */
const MIN_KEEP_INTERVAL_MS = 5 * 60_000;

/** When each path was kept (ms since the epoch), in this document. */
const keptAt = new Map<string, number>();

/** Registers the service worker once the page is loaded, and has it keep the pages that are read. Renders nothing. */
export function PageKeeper() {
  const pathname = usePathname();
  useEffect(() => {
    // The worker has kept the document that it has passed.
    if (isControlled()) keptAt.set(window.location.pathname, Date.now());
    const register = () => void registerWorker();
    if (document.readyState === "complete") register();
    else addEventListener("load", register, { once: true });
    return () => removeEventListener("load", register);
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => {
      const isRecent = Date.now() - (keptAt.get(pathname) ?? 0) < MIN_KEEP_INTERVAL_MS;
      if (isRecent || window.location.search !== "" || !navigator.onLine || !isControlled()) return;
      keptAt.set(pathname, Date.now());
      keepPage(pathname);
    }, READING_MS);
    return () => clearTimeout(timer);
  }, [pathname]);
  return null;
}
