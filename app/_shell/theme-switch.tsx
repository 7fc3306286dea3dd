"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { ToggleGroup } from "radix-ui";
import { useMounted } from "@/app/_ui/use-mounted";
import { segmentedControl } from "./segmented-control";

const THEMES = [
  { name: "dark", Icon: Moon },
  { name: "light", Icon: Sun },
  { name: "system", Icon: Monitor },
] as const;

/** Only the browser knows the current theme, so no option is marked before the component is mounted. */
export function ThemeSwitch() {
  const t = useTranslations("theme");
  const { theme, setTheme } = useTheme();
  const mounted = useMounted();
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={t("label")}
      value={mounted ? (theme ?? "") : ""}
      onValueChange={(name) => {
        if (name) setTheme(name);
      }}
      className={segmentedControl.group}
    >
      {THEMES.map(({ name, Icon }) => (
        <ToggleGroup.Item
          key={name}
          value={name}
          aria-label={t(name)}
          title={t(name)}
          className={`${segmentedControl.item} data-[state=on]:bg-raised data-[state=on]:text-ink data-[state=on]:shadow-[0_0_0_1px_var(--line)]`}
        >
          <Icon className="size-4" aria-hidden="true" />
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
