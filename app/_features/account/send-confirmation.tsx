"use client";

import { useTranslations } from "next-intl";
import { sendConfirmation } from "./account-api";
import { ActionButton } from "./action-button";

/** Sends the mail with the link that confirms the viewer's address again. */
export function SendConfirmation({ look = "quiet" }: { look?: "primary" | "quiet" }) {
  const t = useTranslations("profile");
  return (
    <ActionButton
      action={sendConfirmation}
      label={t("sendAgain")}
      busyLabel={t("sendingAgain")}
      doneLabel={t("sentAgain")}
      look={look}
    />
  );
}
