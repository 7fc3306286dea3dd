"use client";

import { useTranslations } from "next-intl";
import { Mark } from "@/app/_art/brand/mark";
import { Button } from "@/app/_ui/button";

/** The form is sent as soon as its file has arrived, unless the user changes their mind. */
export function HeldNote({ onRelease }: { onRelease: () => void }) {
  const t = useTranslations("uploads");
  return (
    <div
      role="status"
      className="flex animate-settle flex-wrap items-center gap-x-4 gap-y-2 rounded-2xl bg-ink/6 py-2 pr-2 pl-4"
    >
      <Mark animated className="size-6" />
      <p className="min-w-0 grow basis-56 font-medium">{t("held")}</p>
      <Button look="quiet" size="small" onClick={onRelease}>
        {t("release")}
      </Button>
    </div>
  );
}
