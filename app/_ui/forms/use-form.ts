"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useRef, useState } from "react";
import type { z } from "zod";
import type { ApiFailure, ApiResult } from "../api-result";

interface Options<Field extends string, S extends z.ZodType, T> {
  schema: S;
  initial: Record<Field, string>;
  /** Builds the schema's input from the typed values. Its top-level keys are the field names. */
  toInput: (values: Record<Field, string>) => z.input<S>;
  send: (input: z.output<S>) => Promise<ApiResult<T>>;
  onSuccess: (data: T) => void;
  /** The page stays after success, and the form can be used again. */
  isReusable?: boolean;
}

/** Props that bind a control to its form. */
export interface FieldProps {
  name: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  onBlur: () => void;
}

type Errors<Field extends string> = Partial<Record<Field, string>>;

/**
 * A form that never loses typed values. It validates a field on blur, and on every change while the field has
 * an error; on submit it focuses the first invalid field, whether the browser or the server rejected it. After
 * success it stays busy, because the page is about to change, unless it is reusable.
 */
export function useForm<Field extends string, S extends z.ZodType, T>({
  schema,
  initial,
  toInput,
  send,
  onSuccess,
  isReusable = false,
}: Options<Field, S, T>) {
  const t = useTranslations("form");
  const form = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Errors<Field>>({});
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);

  const isField = (name: PropertyKey | undefined): name is Field =>
    typeof name === "string" && name in initial;

  const validate = (typed: Record<Field, string>): Errors<Field> => {
    const parsed = schema.safeParse(toInput(typed));
    const fieldErrors: Errors<Field> = {};
    for (const issue of parsed.error?.issues ?? []) {
      const name = issue.path[0];
      if (isField(name)) fieldErrors[name] ??= issueText(issue, typed[name], t);
    }
    return fieldErrors;
  };

  const showErrors = (fieldErrors: Errors<Field>) => {
    setErrors(fieldErrors);
    const firstInvalid = Object.keys(initial).find(
      (name) => isField(name) && fieldErrors[name] !== undefined,
    );
    const control = firstInvalid ? form.current?.elements.namedItem(firstInvalid) : null;
    if (control instanceof HTMLElement) control.focus();
    return firstInvalid !== undefined;
  };

  const submit = async () => {
    setFailure(null);
    if (showErrors(validate(values))) return;
    setBusy(true);
    const result = await send(schema.parse(toInput(values)));
    if (isReusable || !result.ok) setBusy(false);
    if (result.ok) return onSuccess(result.data);
    const serverErrors: Errors<Field> = {};
    for (const { path, message } of result.failure.details) {
      const name = path.split(".")[0];
      if (isField(name)) serverErrors[name] ??= message;
    }
    if (!showErrors(serverErrors)) setFailure(result.failure);
  };

  return {
    form,
    values,
    setValues,
    failure,
    busy,
    /** Props of the form element. */
    formProps: {
      ref: form,
      noValidate: true,
      onSubmit: (event: FormEvent) => {
        event.preventDefault();
        if (!busy) void submit();
      },
    },
    clearError: (name: Field) => setErrors((shown) => ({ ...shown, [name]: undefined })),
    /** Validates the fields, except some, and focuses the first invalid one. @returns whether all are valid */
    check: (except: Field[] = []): boolean => {
      const found = validate(values);
      return !showErrors(
        Object.fromEntries(
          Object.entries(found).filter(([name]) => !except.includes(name as Field)),
        ) as Errors<Field>,
      );
    },
    /** Props of a field. Leaving an empty field shows no error yet. */
    field: (name: Field): FieldProps => ({
      name,
      value: values[name],
      error: errors[name],
      onChange: (value: string) => {
        // A password manager fills several fields before the form is rendered again.
        setValues((typed) => ({ ...typed, [name]: value }));
        if (errors[name] !== undefined)
          setErrors({ ...errors, [name]: validate({ ...values, [name]: value })[name] });
      },
      onBlur: () => {
        if (values[name].trim() !== "") setErrors({ ...errors, [name]: validate(values)[name] });
      },
    }),
  };
}

/** The user-facing text of one schema issue. */
function issueText(
  issue: z.core.$ZodIssue,
  typed: string,
  t: ReturnType<typeof useTranslations<"form">>,
): string {
  if (typed.trim() === "") return t("required");
  switch (issue.code) {
    case "too_small":
      return issue.origin === "string" ? t("tooShort", { min: Number(issue.minimum) }) : t("invalid");
    case "too_big":
      return t(issue.origin === "string" ? "tooLong" : "tooMany", { max: Number(issue.maximum) });
    case "invalid_format":
      return t(issue.format === "email" ? "email" : "invalid");
    default:
      return t("invalid");
  }
}
