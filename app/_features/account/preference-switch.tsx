"use client";

import { useState } from "react";
import { changePreferences } from "./account-api";
import { AutosaveStatus } from "./autosave-status";
import { useAutosave } from "./use-autosave";

interface Props {
  preference: "hidesPresence" | "telegram";
  label: string;
  saved: boolean;
}

/** A preference that is on or off; saved immediately. */
export function PreferenceSwitch({ preference, label, saved }: Props) {
  const [isOn, setIsOn] = useState(saved);
  const autosave = useAutosave(changePreferences);
  return (
    <form onSubmit={(event) => event.preventDefault()} aria-busy={autosave.saving}>
      <label className="flex min-h-11 cursor-pointer items-center gap-4">
        <input
          type="checkbox"
          role="switch"
          checked={isOn}
          aria-checked={isOn}
          onChange={({ target }) => {
            setIsOn(target.checked);
            autosave.save({ [preference]: target.checked });
          }}
          className="peer sr-only"
        />
        <span
          aria-hidden="true"
          className="relative h-7 w-12 shrink-0 rounded-full border border-line-strong bg-sunken transition-colors peer-checked:border-accent peer-checked:bg-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-3 peer-focus-visible:outline-focus after:absolute after:top-1 after:left-1 after:size-4.5 after:rounded-full after:bg-muted after:transition-transform peer-checked:after:translate-x-5 peer-checked:after:bg-on-accent"
        />
        <span className="text-[0.9375rem] font-medium">{label}</span>
      </label>
      <AutosaveStatus {...autosave} />
    </form>
  );
}
