import { useFormatter, useTranslations } from "next-intl";
import { useId, useRef, useState } from "react";
import { cn } from "@/app/_ui/cn";
import { Field } from "@/app/_ui/forms/field";

interface FieldOptions {
  name: string;
  label: string;
  error: string | undefined;
  hint?: string;
}

const ignore = () => {};

interface TextFieldProps extends FieldOptions {
  value: string;
  onChange: (value: string) => void;
  multiline?: boolean;
  /** Offered to be inserted. */
  variables?: readonly string[];
  maxLength?: number;
  className?: string;
}

export function TextField({ variables, maxLength, multiline = false, className, ...field }: TextFieldProps) {
  const format = useFormatter();
  const wrapper = useRef<HTMLDivElement>(null);
  const insert = (variable: string) => {
    const control = wrapper.current?.querySelector<HTMLTextAreaElement>("textarea, input");
    // Where the cursor was before the list of variables got the focus.
    const at = control?.selectionStart ?? field.value.length;
    field.onChange(`${field.value.slice(0, at)}{{${variable}}}${field.value.slice(at)}`);
    control?.focus();
  };
  const counter =
    maxLength !== undefined && field.value.length > maxLength * 0.8 ? (
      <span className="tabular text-faint">{`${format.number(field.value.length)} / ${format.number(maxLength)}`}</span>
    ) : null;
  return (
    <div ref={wrapper}>
      <Field
        {...field}
        multiline={multiline}
        onBlur={ignore}
        autoComplete="off"
        className={cn(multiline && "min-h-24", className)}
        counter={
          <span className="flex items-baseline gap-3">
            {counter}
            {variables ? <VariablePicker label={field.label} variables={variables} onPick={insert} /> : null}
          </span>
        }
      />
    </div>
  );
}

function VariablePicker({
  label,
  variables,
  onPick,
}: {
  label: string;
  variables: readonly string[];
  onPick: (variable: string) => void;
}) {
  const t = useTranslations("botEditor.panel");
  return (
    <select
      aria-label={`${t("insert")}: ${label}`}
      value=""
      onChange={(event) => onPick(event.target.value)}
      className="min-h-7 max-w-40 cursor-pointer rounded-full border border-line bg-transparent px-2 text-xs text-muted hover:border-muted hover:text-ink"
    >
      <option value="">{`{{…}} ${t("variable")}`}</option>
      {variables.map((variable) => (
        <option key={variable} value={variable}>
          {variable}
        </option>
      ))}
    </select>
  );
}

interface NumberFieldProps extends FieldOptions {
  /** Undefined: empty. */
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

/** Keeps what is typed, such as `1.`, which is not a number yet. */
export function NumberField({ value, onChange, ...field }: NumberFieldProps) {
  const [typed, setTyped] = useState({ text: value === undefined ? "" : String(value), value });
  // Changed from outside, by undo for example. An empty field may be stored as 0.
  if ((typed.value ?? 0) !== (value ?? 0))
    setTyped({ text: value === undefined ? "" : String(value), value });
  const apply = (text: string) => {
    const number = text.trim() === "" ? undefined : Number(text.replace(",", "."));
    const parsed = number !== undefined && Number.isFinite(number) ? number : undefined;
    setTyped({ text, value: parsed });
    onChange(parsed);
  };
  return <Field {...field} inputMode="decimal" value={typed.text} onChange={apply} onBlur={ignore} />;
}

interface SelectFieldProps<V extends string> extends FieldOptions {
  value: V | "";
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
  /** Shown when nothing is chosen. */
  placeholder?: string;
  /** Nothing may be chosen again. */
  isClearable?: boolean;
}

export function SelectField<V extends string>({
  name,
  label,
  error,
  hint,
  value,
  options,
  onChange,
  placeholder,
  isClearable = false,
}: SelectFieldProps<V>) {
  const id = useId();
  const isKnown = options.some((option) => option.value === value);
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold [overflow-wrap:anywhere]">
        {label}
      </label>
      <select
        id={id}
        name={name}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-note` : undefined}
        onChange={(event) => onChange(event.target.value as V)}
        className="h-11 w-full min-w-0 rounded-xl border border-line-strong bg-ground/70 px-3 text-ink hover:border-muted focus:border-ink aria-invalid:border-danger"
      >
        {placeholder === undefined ? null : (
          <option value="" disabled={!isClearable}>
            {placeholder}
          </option>
        )}
        {/* A name that does not exist any more is shown as it is. */}
        {isKnown || value === "" ? null : <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <p
        id={`${id}-note`}
        className={cn(
          "text-xs",
          error ? "font-medium text-danger" : "text-faint",
          !error && !hint && "hidden",
        )}
      >
        {error ?? hint}
      </p>
    </div>
  );
}
