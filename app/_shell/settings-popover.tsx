import { SlidersHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { LanguageSwitch } from "./language-switch";
import { ThemeSwitch } from "./theme-switch";

const POPOVER_ID = "settings-popover";

/** Opens the popover without scripts; the browser closes it with Escape or a click outside, and restores the focus. */
export function SettingsButton() {
  const t = useTranslations("shell");
  return (
    <Button look="plain" size="icon" popoverTarget={POPOVER_ID} aria-label={t("settings")}>
      <SlidersHorizontal className="size-5" aria-hidden="true" />
    </Button>
  );
}

/** Theme and language where the rail has no room for them: one popover for the buttons of phones and of the narrow rail. */
export function SettingsPopover() {
  const t = useTranslations("shell");
  return (
    <div
      id={POPOVER_ID}
      popover="auto"
      role="dialog"
      aria-label={t("settings")}
      className="fixed inset-auto top-16 right-2 m-0 animate-settle rounded-2xl border border-line bg-raised p-3 text-ink shadow-2xl sm:inset-auto sm:bottom-4 sm:left-22"
    >
      <div className="flex flex-col gap-3">
        <ThemeSwitch />
        <LanguageSwitch />
      </div>
    </div>
  );
}
