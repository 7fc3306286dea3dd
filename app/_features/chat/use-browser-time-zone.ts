import { useMounted } from "@/app/_ui/use-mounted";

/** The user's time zone; UTC until hydration, as on the server. */
export function useBrowserTimeZone(): string {
  return useMounted() ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
}
