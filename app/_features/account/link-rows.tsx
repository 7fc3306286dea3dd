"use client";

import { Plus, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { Button } from "@/app/_ui/button";
import { Field } from "@/app/_ui/forms/field";
import type { FieldProps } from "@/app/_ui/forms/use-form";
import { filledRows, LINK_ROWS, type LinkValues, toLinks, toLinkValues } from "./link-values";

interface Props {
  field: (name: keyof LinkValues) => FieldProps;
  values: LinkValues;
  /** LinkValues that change together. */
  onChange: (values: Partial<LinkValues>) => void;
}

/** The links of a profile: as many rows as there are links, and those that were added. */
export function LinkRows({ field, values, onChange }: Props) {
  const t = useTranslations("profile");
  const list = useRef<HTMLFieldSetElement>(null);
  const [rowCount, setRowCount] = useState(filledRows(values).length);
  const bind = (name: keyof LinkValues): FieldProps => ({
    ...field(name),
    onChange: (value) => {
      field(name).onChange(value);
      onChange({ [name]: value });
    },
  });
  const remove = (removed: number) => {
    const kept = LINK_ROWS.filter((row) => row !== removed && row < rowCount).map((row) => ({
      url: values[`url${row}`],
      label: values[`label${row}`],
    }));
    onChange(toLinkValues(kept));
    setRowCount(rowCount - 1);
    // What had the focus is gone.
    list.current?.focus();
  };
  return (
    <fieldset ref={list} tabIndex={-1} className="flex min-w-0 flex-col gap-1 outline-offset-8">
      <legend className="mb-1.5 text-sm font-semibold">{t("links")}</legend>
      {LINK_ROWS.filter((row) => row < rowCount).map((row) => (
        <div key={row} className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-2">
          <div className="grid gap-x-3 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <Field
              {...bind(`url${row}`)}
              label={t("linkUrl", { number: row + 1 })}
              placeholder="https://"
              inputMode="url"
              autoCapitalize="none"
              autoComplete="url"
              spellCheck={false}
            />
            <Field {...bind(`label${row}`)} label={t("linkLabel", { number: row + 1 })} optional />
          </div>
          <Button
            look="plain"
            size="icon"
            aria-label={t("removeLink", { number: row + 1 })}
            onClick={() => remove(row)}
            className="mt-7"
          >
            <X className="size-5" aria-hidden="true" />
          </Button>
        </div>
      ))}
      {rowCount < LINK_ROWS.length ? (
        <Button
          look="quiet"
          size="small"
          className="self-start"
          onClick={() => {
            setRowCount(rowCount + 1);
            requestAnimationFrame(() =>
              list.current?.querySelector<HTMLInputElement>(`[name="url${rowCount}"]`)?.focus(),
            );
          }}
        >
          <Plus className="size-4" aria-hidden="true" />
          {t("addLink")}
        </Button>
      ) : (
        <p className="text-xs text-faint">{t("linksFull", { count: toLinks(values).length })}</p>
      )}
    </fieldset>
  );
}
