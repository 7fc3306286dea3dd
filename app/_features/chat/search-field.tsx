"use client";

import { Search } from "lucide-react";
import { useId } from "react";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  maxLength: number;
  /** Of the dialog that it is in. */
  initialFocus?: boolean;
}

export function SearchField({ label, value, onChange, maxLength, initialFocus = false }: Props) {
  const id = useId();
  return (
    <div className="relative">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <Search
        className="pointer-events-none absolute top-1/2 left-4 size-4.5 -translate-y-1/2 text-faint"
        aria-hidden="true"
      />
      <input
        id={id}
        type="search"
        dir="auto"
        data-initial-focus={initialFocus || undefined}
        autoComplete="off"
        placeholder={label}
        value={value}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
        className="h-12 w-full rounded-full border border-line-strong bg-ground/70 pr-4 pl-11 placeholder:text-faint hover:border-muted focus:border-ink"
      />
    </div>
  );
}
