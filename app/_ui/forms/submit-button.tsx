"use client";

import { Mark } from "@/app/_art/brand/mark";
import { Button } from "../button";

interface Props {
  busy: boolean;
  label: string;
  busyLabel: string;
  className?: string;
}

/** Reacts to a click immediately, and keeps the focus while the server works (a disabled button would lose it). */
export function SubmitButton({ busy, label, busyLabel, className }: Props) {
  return (
    <Button type="submit" size="large" aria-disabled={busy} className={className}>
      {busy ? <Mark animated className="size-6 text-on-accent" /> : null}
      <span aria-live="polite">{busy ? busyLabel : label}</span>
    </Button>
  );
}
