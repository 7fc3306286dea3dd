"use client";

import { Check } from "lucide-react";
import { useTranslations } from "next-intl";
import { useFormStatus } from "react-dom";
import { Mark } from "@/app/_art/brand/mark";
import { Button } from "@/app/_ui/button";

/** Submits the surrounding form, with or without JavaScript, and shows the pending state immediately. */
export function MarkAllReadButton() {
  const t = useTranslations("notifications");
  const { pending } = useFormStatus();
  return (
    <Button type="submit" look="quiet" aria-disabled={pending}>
      {pending ? <Mark animated className="size-5" /> : <Check className="size-5" aria-hidden="true" />}
      <span aria-live="polite">{t(pending ? "marking" : "markAll")}</span>
    </Button>
  );
}

export function MarkReadButton({ title }: { title: string }) {
  const t = useTranslations("notifications");
  const { pending } = useFormStatus();
  const label = t("markOne", { title });
  return (
    <Button type="submit" look="plain" size="icon" aria-disabled={pending} aria-label={label} title={label}>
      <Check className="size-5" aria-hidden="true" />
    </Button>
  );
}
