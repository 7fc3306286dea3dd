"use client";

import { useTranslations } from "next-intl";
import { ErrorPage } from "@/app/_shell/error-page";

export default function ChatError({ error, retry }: { error: unknown; retry: () => void }) {
  const t = useTranslations("chat");
  return (
    <div data-chat-screen>
      <ErrorPage error={error} retry={retry} title={t("brokenTitle")} />
    </div>
  );
}
