"use client";

import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Button } from "./button";
import { useMounted } from "./use-mounted";

const FEEDBACK_MS = 2_500;

/**
 * Not rendered without JavaScript; the text can still be selected.
 * @param label  its name before it was used; must contain the visible "Copy"
 */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useTranslations("copyButton");
  const mounted = useMounted();
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);

  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), FEEDBACK_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  if (!mounted) return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      // No clipboard permission or no secure context.
      setOutcome("failed");
    }
  };
  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <>
      <Button
        look="quiet"
        size="small"
        aria-label={outcome ? t(outcome) : label}
        onClick={() => void copy()}
        className="min-h-11"
      >
        <Icon className="size-4" aria-hidden="true" />
        <span aria-hidden="true">{t(outcome ?? "copy")}</span>
      </Button>
      <span role="status" className="sr-only">
        {outcome ? t(outcome) : ""}
      </span>
    </>
  );
}
