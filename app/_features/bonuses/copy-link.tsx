"use client";

import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { Button } from "@/app/_ui/button";
import { useMounted } from "@/app/_ui/use-mounted";

/** The referral link. Without JavaScript it can be selected and copied by hand. */
export function CopyLink({ link }: { link: string }) {
  const t = useTranslations("bonuses");
  const mounted = useMounted();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);

  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      // No clipboard permission or no secure context; the link is selected and can be copied with the keyboard.
      setCopied(false);
    }
  };

  return (
    <div>
      <div className="flex items-center gap-1 rounded-full border border-line-strong bg-ground/70 p-1 pl-5">
        <input
          ref={field}
          readOnly
          value={link}
          aria-label={t("linkLabel")}
          onFocus={(event) => event.target.select()}
          className="tabular min-h-11 min-w-0 flex-1 truncate bg-transparent text-[0.9375rem] font-semibold outline-offset-8"
        />
        {mounted ? (
          <Button onClick={() => void copy()} aria-label={t("copyLabel")}>
            {copied ? (
              <Check className="size-5" aria-hidden="true" />
            ) : (
              <Copy className="size-5" aria-hidden="true" />
            )}
            <span className="max-sm:sr-only">{t(copied ? "copied" : "copy")}</span>
          </Button>
        ) : null}
      </div>
      <p role="status" className="mt-2 min-h-5 text-xs text-muted">
        {copied === null ? null : t(copied ? "copiedText" : "copyByHand")}
      </p>
    </div>
  );
}
