import { useMounted } from "@/app/_ui/use-mounted";

/** The person's time zone; UTC until the page has been taken over, as the server writes it. */
export function useBrowserTimeZone(): string {
  return useMounted() ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
}
