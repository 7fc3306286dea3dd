import { SlidersHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { LanguageSwitch } from "./language-switch";
import { ThemeSwitch } from "./theme-switch";

/**
 * Theme and language where the rail has no room for them. The native popover opens without scripts,
 * closes with Escape or a click outside, and restores the focus.
 */
export function SettingsPopover({ id, className }: { id: string; className: string }) {
  const t = useTranslations("shell");
  return (
    <>
      <Button look="plain" size="icon" popoverTarget={id} aria-label={t("settings")}>
        <SlidersHorizontal className="size-5" aria-hidden="true" />
      </Button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={t("settings")}
        className={cn(
          "fixed inset-auto m-0 animate-settle rounded-2xl border border-line bg-raised p-3 text-ink shadow-2xl",
          className,
        )}
      >
        <div className="flex flex-col gap-3">
          <ThemeSwitch />
          <LanguageSwitch />
        </div>
      </div>
    </>
  );
}
