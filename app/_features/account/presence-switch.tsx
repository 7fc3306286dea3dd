"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { changePreferences } from "./account-api";
import { AutosaveStatus } from "./autosave-status";
import { useAutosave } from "./use-autosave";

/** Hides the user's presence; saved immediately. */
export function PresenceSwitch({ saved }: { saved: boolean }) {
  const t = useTranslations("preferences");
  const [isHidden, setIsHidden] = useState(saved);
  const autosave = useAutosave(changePreferences);
  return (
    <form onSubmit={(event) => event.preventDefault()} aria-busy={autosave.saving}>
      <label className="flex min-h-11 cursor-pointer items-center gap-4">
        <input
          type="checkbox"
          role="switch"
          checked={isHidden}
          aria-checked={isHidden}
          onChange={({ target }) => {
            setIsHidden(target.checked);
            autosave.save({ hidesPresence: target.checked });
          }}
          className="peer sr-only"
        />
        <span
          aria-hidden="true"
          className="relative h-7 w-12 shrink-0 rounded-full border border-line-strong bg-sunken transition-colors peer-checked:border-accent peer-checked:bg-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-3 peer-focus-visible:outline-focus after:absolute after:top-1 after:left-1 after:size-4.5 after:rounded-full after:bg-muted after:transition-transform peer-checked:after:translate-x-5 peer-checked:after:bg-on-accent"
        />
        <span className="text-[0.9375rem] font-medium">{t("hide")}</span>
      </label>
      <AutosaveStatus {...autosave} />
    </form>
  );
}
