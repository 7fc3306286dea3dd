"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { cn } from "@/app/_ui/cn";
import { segmentedControl } from "./segmented-control";
import { setTheme, useTheme } from "./theme";

const THEMES = [
  { name: "dark", Icon: Moon },
  { name: "light", Icon: Sun },
  { name: "system", Icon: Monitor },
] as const;

/** Only the browser knows the current theme, so no option is marked before the page is hydrated. */
export function ThemeSwitch() {
  const t = useTranslations("theme");
  const theme = useTheme();
  const groupName = useId();
  return (
    <fieldset className={segmentedControl.group}>
      <legend className="sr-only">{t("label")}</legend>
      {THEMES.map(({ name, Icon }) => {
        const isChosen = theme === name;
        return (
          <label
            key={name}
            title={t(name)}
            className={cn(segmentedControl.item, "relative", isChosen && segmentedControl.active)}
          >
            <input
              type="radio"
              name={groupName}
              aria-label={t(name)}
              checked={isChosen}
              onChange={() => setTheme(name)}
              className="absolute inset-0 cursor-pointer appearance-none rounded-full"
            />
            <Icon className="size-4" aria-hidden="true" />
          </label>
        );
      })}
    </fieldset>
  );
}
