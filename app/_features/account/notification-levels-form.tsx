"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { segmentedControl } from "@/app/_shell/segmented-control";
import { cn } from "@/app/_ui/cn";
import type { PreferenceKind } from "@/lib/notifications";
import { NotificationLevel } from "@/lib/schemas/enums";
import { changePreferences } from "./account-api";
import { AutosaveStatus } from "./autosave-status";
import { useAutosave } from "./use-autosave";

interface Props {
  kinds: readonly { kind: PreferenceKind; levels: readonly NotificationLevel[] }[];
  saved: Record<PreferenceKind, NotificationLevel>;
}

const LEVELS = Object.values(NotificationLevel);

/** One row of levels per kind of notification; each choice is saved immediately. */
export function NotificationLevelsForm({ kinds, saved }: Props) {
  const t = useTranslations("preferences");
  const [chosen, setChosen] = useState(saved);
  const saving = useAutosave((change: Record<string, NotificationLevel>) =>
    changePreferences({ notifications: change }),
  );
  const choose = (kind: PreferenceKind, level: NotificationLevel) => {
    setChosen({ ...chosen, [kind]: level });
    saving.save({ [kind]: level });
  };
  return (
    <form onSubmit={(event) => event.preventDefault()} aria-busy={saving.saving}>
      <ul className="flex flex-col divide-y divide-line">
        {kinds.map(({ kind, levels }) => (
          <li key={kind} className="py-3.5 first:pt-0">
            <fieldset className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
              <legend className="float-left min-w-0 text-[0.9375rem] font-medium">
                {t(`kinds.${kind}`)}
              </legend>
              <div className={cn(segmentedControl.group, "ml-auto max-sm:w-full")}>
                {LEVELS.map((level) => (
                  <LevelRadio
                    key={level}
                    name={kind}
                    label={t(`level.${level}`)}
                    checked={chosen[kind] === level}
                    disabled={!levels.includes(level)}
                    onChoose={() => choose(kind, level)}
                  />
                ))}
              </div>
            </fieldset>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-pretty text-muted">{t("moneyNote")}</p>
      <AutosaveStatus {...saving} />
    </form>
  );
}

interface LevelRadioProps {
  name: string;
  label: string;
  checked: boolean;
  disabled: boolean;
  onChoose: () => void;
}

/** Covered by a native, transparent radio button, which provides arrow keys, label and focus. */
function LevelRadio({ name, label, checked, disabled, onChoose }: LevelRadioProps) {
  return (
    <label
      className={cn(
        segmentedControl.item,
        "relative h-11 px-3.5 text-sm has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus",
        checked && segmentedControl.active,
        disabled ? "line-through opacity-50" : "cursor-pointer",
      )}
    >
      <input
        type="radio"
        name={name}
        checked={checked}
        disabled={disabled}
        onChange={onChoose}
        className="absolute inset-0 cursor-[inherit] opacity-0"
      />
      {label}
    </label>
  );
}
