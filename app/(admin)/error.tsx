"use client";

import { useTranslations } from "next-intl";
import { BrokenPage } from "@/app/_shell/error-page";

export default function ConsoleError({ error, retry }: { error: unknown; retry: () => void }) {
  const t = useTranslations("failure");
  return <BrokenPage error={error} retry={retry} title={t("adminTitle")} />;
}
