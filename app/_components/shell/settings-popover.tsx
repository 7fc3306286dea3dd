"use client";

import { SlidersHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "../ui/button";
import { ThemeSwitch } from "./theme-switch";

/** Theme and language where the rail has no room for them. The language form comes from the server. */
export function SettingsPopover({ language }: { language: ReactNode }) {
  const t = useTranslations("shell");
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button look="plain" size="icon" aria-label={t("settings")}>
          <SlidersHorizontal className="size-5" aria-hidden="true" />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={8}
          collisionPadding={12}
          aria-label={t("settings")}
          className="z-50 flex animate-settle flex-col gap-3 rounded-2xl border border-line bg-raised p-3 shadow-2xl"
        >
          <ThemeSwitch />
          {language}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
