import { useTranslations } from "next-intl";
import type { SignedInDevice } from "@/lib/sessions";

/** What people call a device, and where it is, in the reader's language. */
export function useDeviceLabels() {
  const t = useTranslations("devices");
  return {
    deviceName({ device: { browser, os } }: SignedInDevice): string {
      if (browser && os) return t("browserOn", { browser, os });
      return browser ?? os ?? t("unknown");
    },
    deviceLocation({ place, ip }: SignedInDevice): string {
      return [place, ip].filter(Boolean).join(" · ") || t("unknownPlace");
    },
  };
}
