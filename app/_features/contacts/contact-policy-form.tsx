"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { changePreferences } from "@/app/_features/account/account-api";
import { AutosaveStatus } from "@/app/_features/account/autosave-status";
import { useAutosave } from "@/app/_features/account/use-autosave";
import { ContactPolicy } from "@/lib/schemas/enums";

/** Who may begin a direct chat with the viewer; saved immediately. */
export function ContactPolicyForm({ saved }: { saved: ContactPolicy }) {
  const t = useTranslations("contacts");
  const [chosen, setChosen] = useState(saved);
  const autosave = useAutosave(changePreferences);
  return (
    <form onSubmit={(event) => event.preventDefault()} aria-busy={autosave.saving}>
      <fieldset>
        <legend className="sr-only">{t("policyTitle")}</legend>
        <ul className="flex flex-col divide-y divide-line">
          {Object.values(ContactPolicy).map((policy) => (
            <li key={policy}>
              <label className="flex min-h-11 cursor-pointer items-start gap-3 py-3">
                <input
                  type="radio"
                  name="contactPolicy"
                  checked={chosen === policy}
                  onChange={() => {
                    setChosen(policy);
                    autosave.save({ contactPolicy: policy });
                  }}
                  className="mt-0.5 size-5 shrink-0 accent-[var(--mark)]"
                />
                <span>
                  <span className="block text-[0.9375rem] font-medium">{t(`policy.${policy}`)}</span>
                  <span className="block text-sm text-pretty text-muted">{t(`policyText.${policy}`)}</span>
                </span>
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
      <AutosaveStatus {...autosave} />
    </form>
  );
}
