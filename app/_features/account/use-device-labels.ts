import { useTranslations } from "next-intl";
import type { SignedInDevice } from "@/lib/schemas/session";

/** A device's name and location in the viewer's language. */
export function useDeviceLabels() {
  const t = useTranslations("devices");
  return {
    deviceName({ device: { browser, os } }: Pick<SignedInDevice, "device">): string {
      if (browser && os) return t("browserOn", { browser, os });
      return browser ?? os ?? t("unknown");
    },
    deviceLocation({ place, ip }: Pick<SignedInDevice, "place" | "ip">): string {
      return [place, ip].filter(Boolean).join(" · ") || t("unknownPlace");
    },
  };
}
