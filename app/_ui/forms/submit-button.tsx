"use client";

import { Mark } from "@/app/_art/brand/mark";
import { Button } from "../button";

interface Props {
  busy: boolean;
  idle: string;
  working: string;
  className?: string;
}

/** Answers the click at once, and keeps the focus while the server works (a disabled button would lose it). */
export function SubmitButton({ busy, idle, working, className }: Props) {
  return (
    <Button type="submit" size="large" aria-disabled={busy} className={className}>
      {busy ? <Mark dancing className="size-6 text-on-accent" /> : null}
      <span aria-live="polite">{busy ? working : idle}</span>
    </Button>
  );
}
