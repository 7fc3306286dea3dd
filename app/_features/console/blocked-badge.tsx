import { Ban } from "lucide-react";
import { useTranslations } from "next-intl";

export function BlockedBadge() {
  const t = useTranslations("personConsole");
  return (
    <span className="inline-flex items-center gap-1.5 rounded-full bg-danger-ground px-2.5 text-xs leading-6 font-semibold text-danger">
      <Ban className="size-3.5" aria-hidden="true" />
      {t("blocked")}
    </span>
  );
}
