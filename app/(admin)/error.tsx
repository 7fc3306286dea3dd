"use client";

import { useTranslations } from "next-intl";
import { ErrorPage } from "@/app/_shell/error-page";

export default function ConsoleError({ error, retry }: { error: unknown; retry: () => void }) {
  const t = useTranslations("failure");
  return <ErrorPage error={error} retry={retry} title={t("adminTitle")} />;
}
