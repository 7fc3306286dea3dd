"use client";

import { useTranslations } from "next-intl";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "../cn";
import type { FieldProps } from "./use-form";

type Props = Omit<ComponentProps<"input">, keyof FieldProps> &
  FieldProps & {
    multiline?: boolean;
    label: string;
    hint?: string;
    optional?: boolean;
    /** Characters left, at the end of the line under the field. */
    counter?: ReactNode;
    /** Inside the field, at its end. */
    adornment?: ReactNode;
  };

const CONTROL_CLASS = [
  "w-full rounded-xl border border-line-strong bg-ground/70 px-4 text-ink text-ellipsis placeholder:text-faint/80",
  "transition-colors hover:border-muted focus:border-ink aria-invalid:border-danger",
].join(" ");

/** A labelled control with its hint, its error, and the ARIA attributes that connect them. */
export function Field({
  label,
  hint,
  optional = false,
  counter,
  adornment,
  multiline = false,
  className,
  name,
  value,
  error,
  onChange,
  onBlur,
  ...input
}: Props) {
  const t = useTranslations("form");
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  const control = {
    id,
    name,
    value,
    // Of what is typed; a placeholder keeps the page's.
    dir: value === "" ? undefined : "auto",
    "aria-invalid": error ? true : undefined,
    "aria-describedby": describedBy || undefined,
    onBlur,
  };
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="flex items-baseline justify-between text-sm font-semibold">
        {label}
        {optional ? <span className="text-xs font-normal text-faint">{t("optional")}</span> : null}
      </label>
      <div className="relative">
        {multiline ? (
          <textarea
            {...control}
            onChange={(event) => onChange(event.target.value)}
            className={cn(CONTROL_CLASS, "field-sizing-content min-h-40 resize-y py-3", className)}
          />
        ) : (
          <input
            {...input}
            {...control}
            onChange={(event) => onChange(event.target.value)}
            className={cn(CONTROL_CLASS, "h-12", adornment ? "pr-13" : "", className)}
          />
        )}
        {adornment ? <div className="absolute inset-y-0 right-1 flex items-center">{adornment}</div> : null}
      </div>
      <div className="flex min-h-5 items-baseline justify-between gap-4 text-xs">
        <div>
          {error ? (
            <p id={`${id}-error`} className="animate-settle font-medium text-danger">
              {error}
            </p>
          ) : null}
          {hint ? (
            <p id={`${id}-hint`} className={cn("text-faint", error && "sr-only")}>
              {hint}
            </p>
          ) : null}
        </div>
        {counter}
      </div>
    </div>
  );
}
