import type { IncomingHttpHeaders } from "node:http";

/** The cookie `locale` decides (shared with the app: cookies ignore ports), then Accept-Language, then Russian. */
export function preferredLanguage(headers: IncomingHttpHeaders): "ru" | "en" {
  const chosen = /(?:^|;\s*)locale=(ru|en)(?:;|$)/.exec(headers.cookie ?? "")?.[1];
  if (chosen === "ru" || chosen === "en") return chosen;
  const accepted = /\b(ru|en)\b/i.exec(headers["accept-language"] ?? "")?.[1]?.toLowerCase();
  return accepted === "en" ? "en" : "ru";
}
