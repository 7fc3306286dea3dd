import { useTranslations } from "next-intl";
import type { SignedInDevice } from "@/lib/sessions";

/** What people call a device, and where it is, in the reader's language. */
export function useDeviceWords() {
  const t = useTranslations("devices");
  return {
    nameOf({ device: { browser, os } }: SignedInDevice): string {
      if (browser && os) return t("browserOn", { browser, os });
      return browser ?? os ?? t("unknown");
    },
    placeOf({ place, ip }: SignedInDevice): string {
      return [place, ip].filter(Boolean).join(" · ") || t("unknownPlace");
    },
  };
}
